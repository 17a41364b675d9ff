package dev.peer.vm.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Sends requests to registries as this host reaches them, and follows no redirect. */
public interface Transport extends AutoCloseable {

  /** Sends one and waits for the head of the answer, whose body the caller closes. */
  HttpResponse<InputStream> send(HttpRequest request) throws IOException, InterruptedException;

  /** Cuts off what is in progress. */
  @Override
  void close();
}
