package dev.peer.core.record;

import java.io.IOException;
import java.io.OutputStream;

/** Takes the entries of a bundle as a {@link BundleReader} comes to them. */
interface BundleEntries {

  /** The most bytes of the bundle's tar. */
  long mostBytes();

  /**
   * Begins an entry, other than the record's.
   *
   * @return receives its content
   * @throws MalformedException if it cannot be there
   * @throws IOException if a file cannot be written here
   */
  OutputStream open(String name, long size) throws MalformedException, IOException;

  /**
   * Ends the entry that was begun last.
   *
   * @param content what it turned out to be
   * @throws MalformedException if that is not as it must be
   * @throws IOException if a file cannot be read here
   */
  void take(String name, Content content) throws MalformedException, IOException;

  /** Takes the record, in JSON. */
  void takeRecord(byte[] json) throws MalformedException;

  /** There are no more. */
  void end() throws MalformedException, IOException;
}
