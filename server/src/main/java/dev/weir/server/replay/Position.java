package dev.weir.server.replay;

/**
 * How far a file was taken, and by whom: a row of the table {@value Positions#TABLE}.
 *
 * @param bytes bytes of the uncompressed stream
 * @param lines lines in them
 * @param startHash hash of the start of those bytes
 * @param openLine whether the last line had no end
 * @param finished whether the file's end was reached
 * @param pass how many times the file was begun, the first included
 * @param host the machine of the replay that had the file last
 * @param data its data directory
 * @param active whether that replay may have left something pending there
 * @param claim its mark, different for each run
 */
record Position(
        long bytes,
        long lines,
        String startHash,
        boolean openLine,
        boolean finished,
        long pass,
        String host,
        String data,
        boolean active,
        String claim) {}
