package dev.peer.config;

import dev.peer.core.id.Digest;
import dev.peer.core.key.CheckoutMode;
import dev.peer.core.key.NetworkMode;
import dev.peer.core.key.TestOptions;
import dev.peer.core.path.TargetPaths;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The settings that the run key counts: two runs are compared by them.
 *
 * @param image the guest image, where it is pinned
 * @param environment the counted variables; a name that is not set anywhere is not in it
 * @param network the network of the test
 * @param checkout which history the test sees
 * @param paths which paths count
 * @param options what the tests get besides the usual
 */
public record InputSettings(
    Optional<Digest> image,
    SortedMap<String, String> environment,
    NetworkMode network,
    CheckoutMode checkout,
    TargetPaths paths,
    TestOptions options) {

  /** Of tests that get nothing but the usual. */
  public InputSettings(
      Optional<Digest> image,
      SortedMap<String, String> environment,
      NetworkMode network,
      CheckoutMode checkout,
      TargetPaths paths) {
    this(image, environment, network, checkout, paths, TestOptions.DEFAULT);
  }

  /** Copies the variables. */
  public InputSettings {
    environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
  }
}
