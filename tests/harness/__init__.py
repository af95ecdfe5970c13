"""What tests are driven with: one place for every client, stand-in and running site. It holds no test."""
