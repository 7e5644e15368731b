"""What is published: the edition that pages read, the site, the desk."""
