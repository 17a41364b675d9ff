package dev.peer.wire;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.PeerId;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The peers that are said to hold a result or a guest image, or to run it.
 *
 * @param holders 1 to 16, the best first; one peer comes up once for each of its processes
 */
public record HolderList(List<Entry> holders) {

  /**
   * A peer, and where it can be reached.
   *
   * @param addresses as the peer gave them
   * @param relays as the peer gave them
   * @param run how far the run is there; only one that passed is held
   */
  public record Entry(PeerId peer, List<URI> addresses, List<URI> relays, RunState run) {

    /** A peer that is at no relay. */
    public Entry(PeerId peer, List<URI> addresses, RunState run) {
      this(peer, addresses, List.of(), run);
    }

    /** A peer that holds it, and is at no relay. */
    public Entry(PeerId peer, List<URI> addresses) {
      this(peer, addresses, RunState.PASSED);
    }

    /** The peer of a lease, as one that holds it. */
    public Entry(PeerId peer, LeaseRequest lease) {
      this(peer, lease.addresses(), lease.relays(), RunState.PASSED);
    }

    /** Copies the addresses, and refuses those that no lease can have. */
    public Entry {
      LeaseRequest lease = new LeaseRequest(addresses, List.of(), relays);
      addresses = lease.addresses();
      relays = lease.relays();
    }

    /** The same peer, this far. */
    public Entry in(RunState other) {
      return new Entry(peer, addresses, relays, other);
    }

    /** How far the run is there. */
    public ResultState state() {
      return run.state();
    }
  }

  /** Copies the holders. */
  public HolderList {
    holders = List.copyOf(holders);
    if (holders.isEmpty() || holders.size() > Limits.HOLDERS) {
      throw new IllegalArgumentException("1 to " + Limits.HOLDERS + " holders expected");
    }
  }

  /** Those among the holders that are this far, in their order. */
  public List<Entry> in(ResultState state) {
    return holders.stream().filter(entry -> entry.state() == state).toList();
  }

  /**
   * Reads {@code {"holders":[{"peer":"...","addresses":["https://host:port",...]},...]}}, where a
   * holder whose run has not passed has {@code "state":"running"} or {@code "state":"failed"} too,
   * the latter with {@code "failure"} if that is known, as {@link RunEnd.Failed} is written, and
   * one that is at relays {@code "relays":["https://host:port/instance",...]}.
   */
  public static HolderList parse(byte[] json) throws MalformedException {
    StrictJson object = StrictJson.parse("answer", json);
    try {
      List<Entry> entries = new ArrayList<>();
      for (StrictJson holder : object.objects("holders")) {
        PeerId peer = holder.value("peer", PeerId::new);
        List<URI> addresses = holder.values("addresses", PeerAddress::parse);
        ResultState state =
            holder.optionalValue("state", HolderList::notPassed).orElse(ResultState.PASSED);
        List<URI> relays = holder.optionalValues("relays", text -> RelayAddress.parse(text).uri());
        Optional<RunEnd.Failed> failure =
            holder.has("failure")
                ? Optional.of(RunEnd.Failed.read(holder.object("failure")))
                : Optional.empty();
        entries.add(new Entry(peer, addresses, relays, new RunState(state, failure)));
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
    ObjectNode object = JsonTree.object();
    ArrayNode array = object.putArray("holders");
    for (Entry entry : holders) {
      ObjectNode holder = array.addObject();
      holder.put("peer", entry.peer().text());
      ArrayNode addresses = holder.putArray("addresses");
      entry.addresses().forEach(address -> addresses.add(address.toString()));
      if (!entry.relays().isEmpty()) {
        ArrayNode relays = holder.putArray("relays");
        entry.relays().forEach(relay -> relays.add(relay.toString()));
      }
      if (entry.state() != ResultState.PASSED) {
        holder.put("state", entry.state().text());
      }
      entry.run().failure().ifPresent(failure -> failure.write(holder.putObject("failure")));
    }
    return JsonTree.bytes(object);
  }

  /** One that passed has one form only. */
  private static ResultState notPassed(String text) {
    ResultState state = ResultState.parse(text);
    if (state == ResultState.PASSED) {
      throw new IllegalArgumentException("running or failed expected");
    }
    return state;
  }
}
