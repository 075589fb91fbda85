"""What an environment on AWS needs beside Amazon's own resources."""
