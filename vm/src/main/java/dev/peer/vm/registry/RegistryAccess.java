package dev.peer.vm.registry;

import dev.peer.core.network.Registry;
import java.util.List;
import java.util.function.Supplier;

/**
 * How this host asks registries in the place of guests.
 *
 * @param registries those that it asks
 * @param transport makes what it asks through, when something is asked for
 * @param blobs where it keeps what they give
 */
public record RegistryAccess(
    List<Registry> registries, Supplier<? extends Transport> transport, KeptBlobs blobs) {

  /** Copies the list. */
  public RegistryAccess {
    registries = List.copyOf(registries);
  }
}
