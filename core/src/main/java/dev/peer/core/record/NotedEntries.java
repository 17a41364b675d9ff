package dev.peer.core.record;

import dev.peer.core.id.Printable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The entries of a bundle that is written before there is a record of it: notes what they are, so
 * that they can be compared as soon as there is one.
 */
final class NotedEntries implements BundleEntries {

  private static final int MOST = Artifacts.MOST + 4;

  private final Map<String, Content> contents = new LinkedHashMap<>();
  private byte[] record = {};

  /** Whatever the record will say, these are the most. */
  @Override
  public long mostBytes() {
    return BundleReader.mostBytes(ExpectedEntries.LARGEST_CONTENT, MOST);
  }

  @Override
  public OutputStream open(String name, long size) {
    return OutputStream.nullOutputStream();
  }

  @Override
  public void take(String name, Content content) throws MalformedException {
    if (contents.putIfAbsent(name, content) != null) {
      throw new MalformedException("the bundle's entry " + Printable.of(name) + " comes twice");
    }
  }

  @Override
  public void takeRecord(byte[] json) {
    record = json;
  }

  @Override
  public void end() {}

  /**
   * Requires that they are those of a record.
   *
   * @throws MalformedException if anything about them is not as the record says
   * @throws IOException if a file cannot be read here
   */
  void require(ExpectedEntries expected) throws MalformedException, IOException {
    for (Map.Entry<String, Content> entry : contents.entrySet()) {
      expected.open(entry.getKey(), entry.getValue().size()).close();
      expected.take(entry.getKey(), entry.getValue());
    }
    expected.takeRecord(record);
    expected.end();
  }
}
