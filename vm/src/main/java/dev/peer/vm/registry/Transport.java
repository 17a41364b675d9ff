package dev.peer.vm.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Sends requests to registries as this host reaches them, and follows no redirect. */
public interface Transport extends AutoCloseable {

  /**
   * What a registry said.
   *
   * @param header the first value of a header field, its name in any case
   * @param body its bytes, which its taker closes
   */
  record Answer(int status, Function<String, Optional<String>> header, InputStream body) {

    Optional<String> header(String name) {
      return header.apply(name);
    }
  }

  /**
   * Asks for what is there, and waits for the head of the answer.
   *
   * @param headers those of the request
   * @param most how long it waits
   */
  Answer get(URI uri, Map<String, String> headers, Duration most)
      throws IOException, InterruptedException;

  /** Cuts off what is in progress. */
  @Override
  void close();
}
