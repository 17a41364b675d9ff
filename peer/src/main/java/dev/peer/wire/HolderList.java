package dev.peer.wire;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.PeerId;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * Who is said to hold a result or a guest image.
 *
 * @param holders 1 to 16, the best first; one peer comes up once for each of its processes
 */
public record HolderList(List<Entry> holders) {

  /**
   * A peer, and where it can be reached.
   *
   * @param addresses as the peer gave them
   */
  public record Entry(PeerId peer, List<URI> addresses) {

    /** Copies the addresses, and refuses those that no lease has. */
    public Entry {
      addresses = new LeaseRequest(addresses).addresses();
    }
  }

  /** Copies the holders. */
  public HolderList {
    holders = List.copyOf(holders);
    if (holders.isEmpty() || holders.size() > Limits.HOLDERS) {
      throw new IllegalArgumentException("1 to " + Limits.HOLDERS + " holders expected");
    }
  }

  /** Reads {@code {"holders":[{"peer":"...","addresses":["https://host:port",...]},...]}}. */
  public static HolderList parse(byte[] json) throws MalformedException {
    StrictJson object = StrictJson.parse("answer", json);
    try {
      List<Entry> entries = new ArrayList<>();
      for (StrictJson holder : object.objects("holders")) {
        PeerId peer = holder.value("peer", PeerId::new);
        entries.add(new Entry(peer, holder.values("addresses", PeerAddress::parse)));
        holder.end();
      }
      object.end();
      return new HolderList(entries);
    } catch (IllegalArgumentException e) {
      throw new MalformedException("answer.holders: " + e.getMessage(), e);
    }
  }

  /** The form that {@link #parse} reads. */
  public byte[] json() {
    ObjectNode object = StrictJson.object();
    ArrayNode array = object.putArray("holders");
    for (Entry entry : holders) {
      ObjectNode holder = array.addObject();
      holder.put("peer", entry.peer().text());
      ArrayNode addresses = holder.putArray("addresses");
      entry.addresses().forEach(address -> addresses.add(address.toString()));
    }
    return StrictJson.bytes(object);
  }
}
