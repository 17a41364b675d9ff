package dev.peer.core.record;

/** The two streams that a test writes. */
public enum OutputStreamName {
  STDOUT("stdout"),
  STDERR("stderr");

  private final String text;

  OutputStreamName(String text) {
    this.text = text;
  }

  /** The name of the stream in timings and bundles. */
  @Override
  public String toString() {
    return text;
  }

  public static OutputStreamName parse(String text) throws MalformedException {
    for (OutputStreamName name : values()) {
      if (name.text.equals(text)) {
        return name;
      }
    }
    throw new MalformedException("not a stream (stdout or stderr expected)");
  }
}
