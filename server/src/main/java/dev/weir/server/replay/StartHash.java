package dev.weir.server.replay;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A hash of the first bytes of a stream, as far as it was read: what tells a file from another of the same name. */
final class StartHash {
    /** Bytes further on do not count. */
    static final int LENGTH = 64 * 1024;

    private final MessageDigest digest;
    private long bytes;

    StartHash() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every Java has SHA-256", e);
        }
    }

    /** Takes the next bytes of the stream. */
    void update(byte[] data, int from, int to) {
        if (bytes < LENGTH) {
            digest.update(data, from, (int) Math.min(to - from, LENGTH - bytes));
        }
        bytes += to - from;
    }

    /** Whether further bytes change nothing. */
    boolean complete() {
        return bytes >= LENGTH;
    }

    /** The hash of the first bytes so far, in hexadecimal. */
    String value() {
        try {
            return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
        } catch (CloneNotSupportedException e) {
            throw new AssertionError("SHA-256 can be cloned", e);
        }
    }
}
