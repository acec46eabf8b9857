namespace Tandem.Sip.Transport;

/// <summary>What the transport has seen since the start. Written by all threads, read by anyone.</summary>
public sealed class SipTransportCounters
{
    internal long DatagramsInField;
    internal long DatagramBytesInField;
    internal long DatagramsOutField;
    internal long DatagramBytesOutField;
    internal long DatagramKeepAlivesField;
    internal long DatagramsUndersizedField;
    internal long DatagramsOversizedField;
    internal long DatagramsNotSentField;
    internal long DatagramsForwardedField;
    internal long StunRequestsField;
    internal long StunAnswersField;
    internal long IcmpErrorsField;
    internal long RefusedByGuardField;
    internal long UnparsableField;
    internal long MailboxFullField;
    internal long SendFailuresField;
    internal long FailuresLostField;
    internal long StreamMessagesInField;
    internal long StreamBytesInField;
    internal long StreamMessagesOutField;
    internal long StreamBytesOutField;
    internal long StreamWritesField;
    internal long StreamPingsField;
    internal long StreamsBrokenField;
    internal long SendQueueFullField;
    internal long AcceptedField;
    internal long AcceptFailuresField;
    internal long RefusedTotalLimitField;
    internal long RefusedSourceLimitField;
    internal long RefusedHalfOpenField;
    internal long OpenedField;
    internal long OpenFailuresField;
    internal long HandshakesDoneField;
    internal long HandshakesFailedField;
    internal long HandshakesRejectedField;
    internal readonly long[] ClosedFields = new long[Enum.GetValues<ConnectionCloseReason>().Length];

    /// <summary>Datagrams received, keep-alives and dropped ones included.</summary>
    public long DatagramsIn => Volatile.Read(ref DatagramsInField);

    /// <summary>Bytes of datagrams received.</summary>
    public long DatagramBytesIn => Volatile.Read(ref DatagramBytesInField);

    /// <summary>Datagrams sent.</summary>
    public long DatagramsOut => Volatile.Read(ref DatagramsOutField);

    /// <summary>Bytes of datagrams sent.</summary>
    public long DatagramBytesOut => Volatile.Read(ref DatagramBytesOutField);

    /// <summary>Datagrams of nothing but line ends, which keep a NAT open.</summary>
    public long DatagramKeepAlives => Volatile.Read(ref DatagramKeepAlivesField);

    /// <summary>Datagrams too short for a message.</summary>
    public long DatagramsUndersized => Volatile.Read(ref DatagramsUndersizedField);

    /// <summary>Datagrams longer than a message may be.</summary>
    public long DatagramsOversized => Volatile.Read(ref DatagramsOversizedField);

    /// <summary>Datagrams that the system had no room for; the sender's timers send them again.</summary>
    public long DatagramsNotSent => Volatile.Read(ref DatagramsNotSentField);

    /// <summary>Datagrams that one shard received for another.</summary>
    public long DatagramsForwarded => Volatile.Read(ref DatagramsForwardedField);

    /// <summary>Datagrams of STUN, answered or not (RFC 5626 §8).</summary>
    public long StunRequests => Volatile.Read(ref StunRequestsField);

    /// <summary>Answers of STUN.</summary>
    public long StunAnswers => Volatile.Read(ref StunAnswersField);

    /// <summary>ICMP errors about datagrams of ours.</summary>
    public long IcmpErrors => Volatile.Read(ref IcmpErrorsField);

    /// <summary>Datagrams, messages and connections that the source guard refused.</summary>
    public long RefusedByGuard => Volatile.Read(ref RefusedByGuardField);

    /// <summary>Datagrams and messages that are not SIP, or that no answer can be addressed to.</summary>
    public long Unparsable => Volatile.Read(ref UnparsableField);

    /// <summary>Messages dropped because the mailbox of their shard was full.</summary>
    public long MailboxFull => Volatile.Read(ref MailboxFullField);

    /// <summary>Packets whose sending failed; each was reported to its shard if it had a tag.</summary>
    public long SendFailures => Volatile.Read(ref SendFailuresField);

    /// <summary>Reports of failed packets that did not fit into a mailbox.</summary>
    public long FailuresLost => Volatile.Read(ref FailuresLostField);

    /// <summary>Messages received on streams.</summary>
    public long StreamMessagesIn => Volatile.Read(ref StreamMessagesInField);

    /// <summary>Bytes received on streams.</summary>
    public long StreamBytesIn => Volatile.Read(ref StreamBytesInField);

    /// <summary>Messages and keep-alive answers sent on streams.</summary>
    public long StreamMessagesOut => Volatile.Read(ref StreamMessagesOutField);

    /// <summary>Writes on connections: several messages of one round go together.</summary>
    public long StreamWrites => Volatile.Read(ref StreamWritesField);

    /// <summary>Bytes sent on streams.</summary>
    public long StreamBytesOut => Volatile.Read(ref StreamBytesOutField);

    /// <summary>Keep-alive pings answered (RFC 5626 §3.5.1).</summary>
    public long StreamPings => Volatile.Read(ref StreamPingsField);

    /// <summary>Streams in which the end of a message could not be found.</summary>
    public long StreamsBroken => Volatile.Read(ref StreamsBrokenField);

    /// <summary>Packets that did not fit into the send queue of their connection.</summary>
    public long SendQueueFull => Volatile.Read(ref SendQueueFullField);

    /// <summary>Connections accepted, without those that were refused.</summary>
    public long Accepted => Volatile.Read(ref AcceptedField);

    /// <summary>Errors while accepting, for example for want of file descriptors.</summary>
    public long AcceptFailures => Volatile.Read(ref AcceptFailuresField);

    /// <summary>Connections refused, or not opened, because there were too many in all.</summary>
    public long RefusedTotalLimit => Volatile.Read(ref RefusedTotalLimitField);

    /// <summary>Connections refused because their source had too many.</summary>
    public long RefusedSourceLimit => Volatile.Read(ref RefusedSourceLimitField);

    /// <summary>Connections refused because too many of their source had not said anything.</summary>
    public long RefusedHalfOpen => Volatile.Read(ref RefusedHalfOpenField);

    /// <summary>Connections that we opened.</summary>
    public long Opened => Volatile.Read(ref OpenedField);

    /// <summary>Connections that could not be opened.</summary>
    public long OpenFailures => Volatile.Read(ref OpenFailuresField);

    /// <summary>TLS handshakes that succeeded, in either role.</summary>
    public long HandshakesDone => Volatile.Read(ref HandshakesDoneField);

    /// <summary>TLS handshakes that failed or took too long, in either role.</summary>
    public long HandshakesFailed => Volatile.Read(ref HandshakesFailedField);

    /// <summary>TLS connections that were closed at once because too many handshakes were under way.</summary>
    public long HandshakesRejected => Volatile.Read(ref HandshakesRejectedField);

    /// <summary>Connections closed for this reason.</summary>
    public long Closed(ConnectionCloseReason reason) => Volatile.Read(ref ClosedFields[(int)reason]);

    internal static void Add(ref long counter, long amount = 1) => Interlocked.Add(ref counter, amount);
}
