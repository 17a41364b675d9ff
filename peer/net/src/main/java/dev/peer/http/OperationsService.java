package dev.peer.http;

import dev.peer.metrics.Metrics;
import dev.peer.tls.TlsListener;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.OperationsPath;
import java.io.IOException;

/** Answers monitoring requests before the server's own service. */
final class OperationsService {

  private final Operations operations;

  OperationsService(Operations operations, TlsListener listener) {
    this.operations = operations.and(listener::fault);
  }

  void serve(HttpCall call, OperationsPath path) throws ProblemException, IOException {
    call.setTemplate(path.text());
    call.requireMethod("GET", "HEAD");
    call.requireNoBody();
    call.set("Cache-Control", "no-store");
    switch (path) {
      case METRICS -> call.answer(200, Metrics.MEDIA_TYPE, operations.metrics().text());
      case HEALTH -> call.answer(200, MediaTypes.JSON, operations.requireHealth());
    }
  }
}
