package dev.peer.rendezvous;

import dev.peer.core.id.Digest;
import dev.peer.wire.HolderList;
import dev.peer.wire.Limits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The leases that hold each guest image. Changed under the index's lock, read without it. */
final class ImageHolders {

  /** Each array is replaced, never changed. */
  private final ConcurrentMap<Digest, Lease[]> byImage = new ConcurrentHashMap<>();

  /** The holders of the image with live leases, the latest to name it first. */
  List<HolderList.Entry> of(Digest image, long now) {
    Lease[] found = byImage.getOrDefault(image, Lease.NONE);
    List<HolderList.Entry> live = new ArrayList<>();
    for (int i = found.length - 1; i >= 0 && live.size() < Limits.HOLDERS; i--) {
      if (found[i].isLive(now)) {
        live.add(found[i].entry());
      }
    }
    return live;
  }

  /** The lease has these images from now on, and no others. */
  void hold(Lease lease, Set<Digest> images) {
    for (Digest image : images) {
      if (!lease.images.contains(image)) {
        byImage.merge(image, new Lease[] {lease}, ImageHolders::appended);
      }
    }
    for (Digest image : lease.images) {
      if (!images.contains(image)) {
        byImage.computeIfPresent(image, (_, found) -> without(found, lease));
      }
    }
    lease.images = images;
  }

  private static Lease[] appended(Lease[] found, Lease[] one) {
    Lease[] all = Arrays.copyOf(found, found.length + 1);
    all[found.length] = one[0];
    return all;
  }

  /** Null, which removes the entry, if no one else holds it. */
  private static Lease[] without(Lease[] found, Lease lease) {
    Lease[] rest = Arrays.stream(found).filter(l -> l != lease).toArray(Lease[]::new);
    return rest.length == 0 ? null : rest;
  }
}
