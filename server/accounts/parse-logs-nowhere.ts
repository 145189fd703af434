// Parse Server opens a folder `logs` in the working folder as soon as it is imported, whatever its options say later.
// Import this before it: its log goes through our logger alone.
process.env["PARSE_SERVER_LOGS_FOLDER"] = "null";
