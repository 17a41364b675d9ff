package dev.peer.rendezvous.etcd;

import com.google.protobuf.ByteString;
import dev.peer.wire.Limits;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.Compare.CompareResult;
import io.etcd.jetcd.api.Compare.CompareTarget;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeRequest.SortOrder;
import io.etcd.jetcd.api.RangeRequest.SortTarget;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;

/** The parts of requests to etcd. */
final class EtcdRequests {

  private EtcdRequests() {}

  static RangeRequest read(ByteString key) {
    return RangeRequest.newBuilder().setKey(key).build();
  }

  /** All keys that begin so, with their values. */
  static RangeRequest below(ByteString prefix) {
    return RangeRequest.newBuilder().setKey(prefix).setRangeEnd(EtcdKeys.end(prefix)).build();
  }

  static RangeRequest count(ByteString prefix) {
    return RangeRequest.newBuilder()
        .setKey(prefix)
        .setRangeEnd(EtcdKeys.end(prefix))
        .setCountOnly(true)
        .build();
  }

  /** As many keys, with their values, as a lookup returns. */
  static RangeRequest first(ByteString prefix, SortTarget target, SortOrder order) {
    return RangeRequest.newBuilder()
        .setKey(prefix)
        .setRangeEnd(EtcdKeys.end(prefix))
        .setSortTarget(target)
        .setSortOrder(order)
        .setLimit(Limits.HOLDERS)
        .build();
  }

  /** The keys from this one on that begin with the prefix, at most so many, with their values. */
  static RangeRequest from(ByteString key, ByteString prefix, int most) {
    return RangeRequest.newBuilder()
        .setKey(key)
        .setRangeEnd(EtcdKeys.end(prefix))
        .setLimit(most)
        .build();
  }

  static Compare isNew(ByteString key) {
    return Compare.newBuilder()
        .setKey(key)
        .setTarget(CompareTarget.VERSION)
        .setResult(CompareResult.EQUAL)
        .setVersion(0)
        .build();
  }

  static Compare isOf(ByteString key, long createRevision) {
    return Compare.newBuilder()
        .setKey(key)
        .setTarget(CompareTarget.CREATE)
        .setResult(CompareResult.EQUAL)
        .setCreateRevision(createRevision)
        .build();
  }

  static RequestOp operation(RangeRequest read) {
    return RequestOp.newBuilder().setRequestRange(read).build();
  }

  static RequestOp operation(TxnRequest transaction) {
    return RequestOp.newBuilder().setRequestTxn(transaction).build();
  }

  static RequestOp put(ByteString key, ByteString value, long lease) {
    PutRequest put = PutRequest.newBuilder().setKey(key).setValue(value).setLease(lease).build();
    return RequestOp.newBuilder().setRequestPut(put).build();
  }

  static RequestOp delete(ByteString key) {
    DeleteRangeRequest delete = DeleteRangeRequest.newBuilder().setKey(key).build();
    return RequestOp.newBuilder().setRequestDeleteRange(delete).build();
  }
}
