"""Tests of the pages, drawn from small editions that are built as all are."""
