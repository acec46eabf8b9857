using System.Text;
using Tandem.Core.Time;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Messages;
using Tandem.Sip.Overload;
using Tandem.Sip.Parsing;
using Tandem.Sip.Resolution;
using Tandem.Sip.Transactions;

namespace Tandem.Sip.Engine;

/// <summary>
/// The SIP of one shard without sockets, threads or a clock: transactions (RFC 3261 §17, RFC 6026), dialogs (§12), CANCEL
/// (§9), the general part of the UAS (§8.2) and the addressing of responses (§18). Messages and the time go in; packets
/// and events come out and are to be taken after every call. One loop owns it.
/// </summary>
public sealed partial class SipEngine
{
    private readonly EngineCore _core;
    private readonly RequestScreening _screening;
    private readonly ServerTransactionKey _key = new();

    /// <param name="options">Limits and timers.</param>
    /// <param name="wheel">The timers of the loop; advancing it drives the engine's too.</param>
    /// <param name="random">Makes branches and tags. In production a <see cref="Tandem.Core.Privacy.SecureRandom"/>: tags and branches must not be guessable (§19.3).</param>
    public SipEngine(SipEngineOptions options, TimerWheel wheel, Random random)
    {
        _core = new EngineCore(options, wheel, random);
        _screening = new RequestScreening(_core);
    }

    /// <summary>The options.</summary>
    public SipEngineOptions Options => _core.Options;

    /// <summary>What was counted.</summary>
    public EngineCounters Counters => _core.Counters;

    /// <summary>What we call ourselves in Via and Contact.</summary>
    public SipAddressing Addressing => _core.Addressing;

    /// <summary>Where URIs lead (RFC 3263).</summary>
    public SipLocator Locator => _core.Locator;

    /// <summary>
    /// Asked before a request in a dialog leaves over a connection: another flow to the same peer when that connection is gone and one
    /// is known, else null. Called on the loop; it answers at once.
    /// </summary>
    public Func<Dialog, SipFlow?>? FindFlow { get; set; }

    /// <summary>Where requests of a <see cref="Dialog.IsGuarded"/> dialog may go besides the flow of its peer; null for nowhere.</summary>
    public Predicate<Core.Net.NetAddress>? MayReach
    {
        get => _core.MayReach;
        set => _core.MayReach = value;
    }

    /// <summary>Early and confirmed dialogs.</summary>
    public DialogTable Dialogs => _core.Dialogs;

    /// <summary>Refuses new work while the shard is behind; the shard tells it how far.</summary>
    public OverloadControl Overload => _core.Overload;

    /// <summary>Server transactions in the table.</summary>
    public int ServerTransactions => _core.Servers.Count;

    /// <summary>Client transactions in the table.</summary>
    public int ClientTransactions => _core.Clients.Count;

    /// <summary>The value of Allow: the methods of <see cref="SipEngineOptions.AllowedMethods"/>.</summary>
    public ReadOnlySpan<byte> Allow => _screening.Allow;

    /// <summary>The value of Supported: the tags of <see cref="SipEngineOptions.SupportedOptions"/>.</summary>
    public ReadOnlySpan<byte> Supported => _screening.Supported;

    /// <summary>The value of Allow-Events: the packages of <see cref="SipEngineOptions.EventPackages"/>; empty for none.</summary>
    public ReadOnlySpan<byte> AllowEvents => _screening.AllowEvents;

    /// <summary>Takes one input and one reference of its message.</summary>
    public void Receive(in SipInput input, Moment now)
    {
        if (input.FailedTag != 0)
            TransportFailed(input.FailedTag, now);
        if (input.Undelivered is { } undelivered)
            NotDelivered(undelivered, input.Flow, now);

        if (input.Message is not { } message)
        {
            if (input.Rejection != SipRejection.None)
                Counters.Count(EngineCounter.RejectedDropped);
            return;
        }

        if (input.Rejection != SipRejection.None)
            AnswerRejected(message, input);
        else if (message.IsRequest)
            ReceiveRequest(message, input.Flow, now);
        else
            ReceiveResponse(message, input.Flow, now);

        message.Release();
    }

    /// <summary>The packet with this tag could not be sent (RFC 3261 §18.4).</summary>
    public void TransportFailed(long tag, Moment now)
    {
        if (tag == 0)
            return;

        Counters.Count(EngineCounter.TransportFailures);
        if (tag > 0)
            _core.Clients.Find(tag)?.TransportFailed(now);
        else
            _core.Servers.Find(tag)?.TransportFailed(now);
    }

    /// <summary>
    /// ICMP says that a datagram found nobody (RFC 3261 §18.4). Anybody can write such a message, so it must bring back a branch of
    /// ours, which only who saw the request can know, and it only hastens what the timers would do: a request that has had any
    /// response goes on.
    /// </summary>
    private void NotDelivered(ReadOnlySpan<byte> datagram, in SipFlow flow, Moment now)
    {
        if (!UndeliveredRequest.TryRead(datagram, _core.BranchStart, out var method, out var id)
            || _core.Clients.Find(ClientTransaction.TagOf(id, method)) is not { } client
            || client.Method != method || client.LastStatus > 0 || client.Target.Transport != SipTransportKind.Udp || client.Target.Remote != flow.Remote)
            return;

        Counters.Count(EngineCounter.Undelivered);
        client.TransportFailed(now);
    }

    /// <summary>Takes the next packet to send; false when there is none.</summary>
    public bool TryTakePacket(out SipPacket packet) => _core.Packets.TryDequeue(out packet);

    /// <summary>Takes the next event for the user; false when there is none.</summary>
    public bool TryTakeEvent(out SipEvent e) => _core.Events.TryDequeue(out e);

    /// <summary>A new tag for From or To: 64 random bits in hex (RFC 3261 §19.3).</summary>
    public string NewTag() => Encoding.ASCII.GetString(_core.NewTag());

    /// <summary>
    /// The loop key of a request that is being forwarded, for <c>SendRequest</c>: if the request comes back to us
    /// unchanged, it is answered 482 (RFC 5393 §4.2).
    /// </summary>
    public static uint LoopKey(SipMessage request) => LoopDetection.KeyOf(request);

    private void ReceiveResponse(SipMessage response, in SipFlow flow, Moment now)
    {
        Counters.Count(EngineCounter.ResponsesReceived);
        if (!response.TryGetTopVia(out var via) || HasSecondVia(response))
        {
            Counters.Count(EngineCounter.MisroutedResponses);
            return;
        }

        if (_core.Clients.Find(response, via, _core.BranchStart) is { } client)
            client.Receive(response, flow, now);
        else
            Counters.Count(EngineCounter.StrayResponses);
    }

    // RFC 3261 §8.1.3.3: more than one Via means that the response was meant for somebody else.
    private static bool HasSecondVia(SipMessage response)
    {
        var list = response.Values(HeaderName.Via, 2);
        return list.MoveNext() && list.MoveNext();
    }
}
