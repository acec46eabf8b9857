using System.Text;
using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;
using Tandem.Core.Buffers;
using Tandem.Core.Net;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;

namespace Tandem.Calls.Shards;

/// <summary>
/// SIP between the shards of this process, in memory. A packet for a flow of the kind <see cref="SipTransportKind.Internal"/> never
/// reaches a socket: the shard that takes it from its engine hands it to the other one, whose engine sees the flow that leads back.
/// As no socket has such a flow, a message with it was written by a shard of ours.
/// </summary>
internal static class InternalFlows
{
    /// <summary>What a shard calls itself in Via and Contact toward the others.</summary>
    public static string Host(int shard) => $"shard{shard}.internal.invalid";

    /// <summary>The tenant whose call an INVITE from another shard is about.</summary>
    public static TenantId TenantOf(SipMessage request) =>
        SipUriValue.TryParse(request.RequestUri, out var uri) && uri.TryGetParam("tenant"u8, out var value) ? new TenantId(Encoding.UTF8.GetString(value)) : TenantId.Default;

    /// <summary>The flow from one shard to another one (or to itself). The connection is the number of the far shard, from 1.</summary>
    public static SipFlow Flow(int from, int to) => new(SipTransportKind.Internal, Address(from), Address(to), to + 1);

    /// <summary>The shard that a flow leads to.</summary>
    public static int Target(in SipFlow flow) => (int)flow.Connection - 1;

    /// <summary>
    /// A shard as the contact of a number, for a call that one of its dialogs is to take part in. The user of the URI is the caller,
    /// whom the far shard has to know also when the phones may not be shown him; a parameter tells the tenant.
    /// </summary>
    public static Binding Contact(TenantId tenant, string number, string caller, int from, int to) => new()
    {
        Tenant = tenant,
        Number = number,
        ContactUri = $"sip:{SipEscaping.EscapeUser(caller)}@{Host(to)};tenant={tenant.Value}",
        Flow = Flow(from, to),
        RegisterCallId = "",
        RegisterCSeq = 0,
        ExpiresSeconds = 0,
        RegisteredAt = default,
        ExpiresAt = default,
        LastSeen = default,
    };

    /// <summary>Reads a packet that shard <paramref name="from"/> sent to another one, and releases it.</summary>
    public static SipInput Read(in SipPacket packet, int from)
    {
        var copy = PooledBuffer.Copy(packet.Data.Span);
        packet.Data.Release();
        var rejection = SipParser.Parse(copy, SipLimits.Default, out var message);
        return new SipInput(message, Flow(Target(packet.Target), from), rejection);
    }

    private static NetAddress Address(int shard) => NetAddress.FromV4(0, (ushort)(shard + 1));
}
