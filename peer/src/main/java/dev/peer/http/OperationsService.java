package dev.peer.http;

import dev.peer.metrics.Metrics;
import dev.peer.tls.TlsListener;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.OperationsPath;
import dev.peer.wire.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Answers those who watch over a server, before its own service is asked. */
final class OperationsService {

  private static final byte[] HEALTHY = "{\"healthy\":true}".getBytes(StandardCharsets.UTF_8);

  private final Operations operations;
  private final TlsListener listener;

  OperationsService(Operations operations, TlsListener listener) {
    this.operations = operations;
    this.listener = listener;
  }

  void serve(Call call, OperationsPath path) throws Refusal, IOException {
    call.setTemplate(path.text());
    call.requireMethod("GET", "HEAD");
    call.requireNoBody();
    call.set("Cache-Control", "no-store");
    switch (path) {
      case METRICS -> call.answer(200, Metrics.MEDIA_TYPE, operations.metrics().text());
      case HEALTH -> health(call);
    }
  }

  private void health(Call call) throws Refusal, IOException {
    List<String> faults =
        Stream.concat(Stream.<Health>of(listener::fault), operations.health().stream())
            .map(Health::fault)
            .flatMap(Optional::stream)
            .toList();
    if (!faults.isEmpty()) {
      throw new Refusal(Problem.Kind.UNHEALTHY, String.join("; ", faults));
    }
    call.answer(200, MediaTypes.JSON, HEALTHY);
  }
}
