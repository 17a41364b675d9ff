package dev.peer.core.secret;

import dev.peer.core.key.RunInputs;
import dev.peer.core.record.OutputSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The secrets of one run, by name. */
public final class Secrets {

  /** None at all. */
  public static final Secrets NONE = new Secrets(new TreeMap<>());

  /** Of all values together, in bytes: their forms are held in memory. */
  public static final int LONGEST = 64_000;

  private static final int BUFFER = 1 << 16;
  private static final int NOTHING = -1;

  private final SortedMap<String, SecretValue> values;
  private final List<String> names;
  private final SecretPatterns patterns;

  private Secrets(SortedMap<String, SecretValue> values) {
    this.values = Collections.unmodifiableSortedMap(values);
    this.names = List.copyOf(values.keySet());
    this.patterns = new SecretPatterns(List.copyOf(values.values()));
  }

  /**
   * These.
   *
   * @throws SecretException if they are longer together than {@link #LONGEST}
   */
  public static Secrets of(Map<String, SecretValue> values) throws SecretException {
    values.keySet().forEach(RunInputs::requireName);
    if (values.values().stream().mapToInt(SecretValue::length).sum() > LONGEST) {
      throw new SecretException(
          "the secrets of a run are longer than " + LONGEST + " bytes together",
          "pass fewer of them, or a key that opens the rest");
    }
    return new Secrets(new TreeMap<>(values));
  }

  /** The names, sorted. */
  public List<String> names() {
    return names;
  }

  /** The values by name, for the caller that passes them on. */
  public SortedMap<String, SecretValue> values() {
    return values;
  }

  public boolean isEmpty() {
    return values.isEmpty();
  }

  /** Creates a sink that passes its input on with the values masked. */
  public MaskingSink masking(OutputSink target) {
    return new MaskingSink(patterns, target);
  }

  /** A text with the values masked. */
  public String mask(String text) {
    if (isEmpty()) {
      return text;
    }
    ByteArrayOutputStream masked = new ByteArrayOutputStream();
    SecretMasker masker = new SecretMasker(patterns, masked::write);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try {
      masker.write(bytes, 0, bytes.length);
      masker.finish();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return masked.toString(StandardCharsets.UTF_8);
  }

  /** The name of a secret whose value the stream holds; it is read up to there or to its end. */
  Optional<String> firstIn(InputStream in) throws IOException {
    AtomicInteger owner = new AtomicInteger(NOTHING);
    SecretPatterns.Watch watch =
        patterns.watch((start, end, whose) -> owner.compareAndSet(NOTHING, whose));
    byte[] buffer = new byte[BUFFER];
    for (int n = in.read(buffer); n >= 0 && owner.get() == NOTHING; n = in.read(buffer)) {
      watch.accept(buffer, 0, n);
    }
    return owner.get() == NOTHING ? Optional.empty() : Optional.of(names.get(owner.get()));
  }

  /** The names alone. */
  @Override
  public String toString() {
    return names.toString();
  }
}
