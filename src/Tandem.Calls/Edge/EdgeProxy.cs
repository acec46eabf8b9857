using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tandem.Calls.Registrar;
using Tandem.Calls.Security;
using Tandem.Core.Buffers;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Edge;

/// <summary>
/// The edge of a shard (RFC 5626 §5): a stateless proxy (RFC 3261 §16.11) between other nodes and the phones that only this node reaches. A Route of ours
/// whose user is a flow token says which phone; what must come back finds its way by the token in our Via. Nothing is remembered: the call, its dialogs,
/// repetitions and media belong to the other node.
/// </summary>
internal sealed class EdgeProxy(EdgeService service, SipAddressing addressing, RegistrarTable registrar, IWallClock clock, Random random)
{
    private readonly Queue<SipPacket> _packets = new();
    private readonly byte[] _branchKey = RandomNumberGenerator.GetBytes(32);

    private enum Heading
    {
        Phone,
        Node,
        Refused,
    }

    /// <summary>Takes a message that is for the edge; false when it is for this node itself.</summary>
    public bool TryTake(SipMessage message, in SipFlow flow, Moment now) =>
        message.IsRequest ? IsRouted(message, out _) && Forward(message, flow, now) : TryReturn(message);

    /// <summary>What is to be sent.</summary>
    public bool TryTakePacket(out SipPacket packet) => _packets.TryDequeue(out packet);

    /// <summary>Signs a request of ours that asks another node for one of its phones; everything else stays as it is.</summary>
    public SipPacket Sign(in SipPacket packet, Moment now)
    {
        var bytes = packet.Data.Span;
        if (packet.Target.Transport == SipTransportKind.Internal || !service.Nodes.IsNode(packet.Target.Remote) || bytes.StartsWith("SIP/2.0 "u8) || bytes.IndexOf("\r\nRoute: <sip:tne"u8) < 0)
            return packet;

        var signed = service.Signature.Sign(bytes, clock.ToUtc(now).ToUnixTimeSeconds());
        packet.Data.Release();
        return packet with { Data = signed };
    }

    // The topmost Route is ours: it names a flow.
    private static bool IsRouted(SipMessage request, out ReadOnlySpan<byte> uri)
    {
        uri = default;
        if (!request.TryGetFirst(HeaderName.Route, out var route) || !NameAddrValue.TryParse(route, out var entry) || !entry.TryGetUri(out var value) || !FlowTokens.IsToken(value.User))
            return false;

        uri = entry.Uri;
        return true;
    }

    private bool Forward(SipMessage request, in SipFlow flow, Moment now)
    {
        IsRouted(request, out var uri);
        SipUriValue.TryParse(uri, out var route);
        if (!service.Tokens.TryRead(route.User, out var phone, out var isOfThisRun))
        {
            // A node asks for a flow of an earlier life of this one, or somebody guesses.
            service.Counters.CountRefused();
            if (service.Nodes.IsNode(flow.Remote))
                Answer(request, flow, 430, "Flow Failed");
            return true;
        }

        var heading = HeadingOf(request, flow, now, out var target);
        if (heading == Heading.Refused)
        {
            service.Counters.CountRefused();
            return true;
        }

        if (heading == Heading.Phone)
        {
            target = phone;
            if (!isOfThisRun || (phone.IsReliable && !registrar.IsConnectionOpen(phone.Connection)))
            {
                service.Counters.CountGone();
                Answer(request, flow, 430, "Flow Failed");
                return true;
            }
        }

        var hops = request.TryGetHeader(HeaderName.MaxForwards, out var text) && SipText.TryParseNumber(text, 255, out var number) ? (int)number : 70;
        if (hops == 0)
        {
            Answer(request, flow, 483, "");
            return true;
        }

        var recorded = heading == Heading.Phone && request.ToTag.Length == 0 && request.Method is SipMethod.Invite or SipMethod.Subscribe or SipMethod.Refer
            ? $"{addressing.Contact(target, Encoding.ASCII.GetString(route.User)).TrimEnd('>')};lr>, <{Encoding.ASCII.GetString(uri)}>"
            : "";
        Send(target, EdgeMessages.Forwarded(request, Via(request, flow, target), recorded, hops - 1, service.Tokens));
        if (heading == Heading.Phone)
            service.Counters.CountToPhone();
        else
            service.Counters.CountToNode();
        return true;
    }

    // A node proves itself. A phone may send what belongs to a dialog to a node, and nothing to anybody else: this is no open relay.
    private Heading HeadingOf(SipMessage request, in SipFlow flow, Moment now, out SipFlow target)
    {
        target = default;
        if (NodeSignature.IsThere(request.Bytes))
            return service.Nodes.IsNode(flow.Remote) && service.Signature.IsGood(request.Bytes, clock.ToUtc(now).ToUnixTimeSeconds()) ? Heading.Phone : Heading.Refused;

        // A REGISTER belongs to no dialog, whatever its To says: here it would be a guess that nobody is banned for.
        return request.ToTag.Length > 0 && request.Method != SipMethod.Register && EdgeMessages.TryFindNextHop(request, service.Tokens, out target)
            && service.Nodes.IsNodeAt(target.Remote) ? Heading.Node : Heading.Refused;
    }

    private bool TryReturn(SipMessage response)
    {
        if (!response.TryGetTopVia(out var via) || !via.TryGetParam("tnf"u8, out var token) || !service.Tokens.TryRead(token, out var back, out var isOfThisRun))
            return false;

        // RFC 3261 §18.2.2: when the connection of the request is gone, another one to where its sender is; of a phone there is no other.
        if (back.IsReliable && (!isOfThisRun || !registrar.IsConnectionOpen(back.Connection)))
        {
            if (!EdgeMessages.TryFindSender(response, back, out var sender) || !service.Nodes.IsNodeAt(sender.Remote))
            {
                service.Counters.CountGone();
                return true;
            }

            back = sender;
        }

        Send(back, EdgeMessages.Returned(response));
        service.Counters.CountResponse();
        return true;
    }

    // RFC 3261 §16.11: the same branch for every repetition, and for the CANCEL and the ACK that belong to an INVITE.
    private string Via(SipMessage request, in SipFlow from, in SipFlow to)
    {
        request.TryGetTopVia(out var top);
        var seed = new byte[top.Branch.Length + top.Host.Length + 8];
        top.Branch.CopyTo(seed);
        top.Host.CopyTo(seed.AsSpan(top.Branch.Length));
        BitConverter.TryWriteBytes(seed.AsSpan(seed.Length - 8), ((long)request.CSeq << 16) | (ushort)top.Port);
        var branch = Convert.ToHexStringLower(HMACSHA256.HashData(_branchKey, seed).AsSpan(0, 12));
        var transport = to.Transport.ToString().ToUpperInvariant();
        return string.Create(CultureInfo.InvariantCulture, $"SIP/2.0/{transport} {addressing.HostAndPort(to)};branch=z9hG4bKtne{branch};tnf={service.Tokens.Make(from)}{(to.IsReliable ? "" : ";rport")}");
    }

    private void Send(in SipFlow target, PooledBuffer bytes) => _packets.Enqueue(new SipPacket(target, bytes, 0));

    private void Answer(SipMessage request, in SipFlow flow, int status, string reason)
    {
        if (request.Method == SipMethod.Ack)
            return;

        Span<byte> tag = stackalloc byte[ResponseTag.Length];
        ResponseTag.Make(random, tag);
        Send(flow, SipResponses.To(request, status, reason, tag).Finish());
    }
}
