package dev.peer.core.flow;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;

/**
 * A directory of the disk that takes a revision into the guest. Names are the bytes that the guest
 * sees, in no encoding.
 */
public interface GuestDirectory {

  /** Who may do what with a file: the modes that a checkout of git makes. */
  enum Mode {
    PLAIN(0644),
    EXECUTABLE(0755),
    READ_ONLY(0444);

    private final int bits;

    Mode(int bits) {
      this.bits = bits;
    }

    /** The permission bits. */
    public int bits() {
      return bits;
    }
  }

  /** Writes what a file holds. */
  @FunctionalInterface
  interface Content {

    /** Writes all of it; the stream stays open. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * What the guest will see of an entry besides its name and mode. Its owner is root.
   *
   * @param inode its number, below 2^32
   * @param size in bytes
   */
  record Entry(long inode, long size) {}

  /**
   * Makes a directory in this one.
   *
   * @throws IOException if the name cannot be one, or is taken
   */
  GuestDirectory directory(byte[] name, Instant modified) throws IOException;

  /**
   * Makes a file.
   *
   * @throws IOException if the name cannot be one, or is taken
   */
  Entry file(byte[] name, Mode mode, Instant modified, Content content) throws IOException;

  /**
   * Makes a symbolic link.
   *
   * @throws IOException if the name cannot be one or is taken, or if no link can have the target
   */
  Entry link(byte[] name, byte[] target, Instant modified) throws IOException;
}
