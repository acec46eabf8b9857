using System.Net;
using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;
using Tandem.Core.Net;
using Tandem.Sip.Engine;
using Tandem.Sip.Transport;

namespace Tandem.Cluster.Harness;

/// <summary>What nodes tell each other.</summary>
internal static class Sample
{
    public static DateTimeOffset Now { get; } = DateTimeOffset.UtcNow;

    /// <summary>Over UDP from 192.0.2.9 for an hour, else over a connection of the node that holds it.</summary>
    public static Binding Phone(string number, SipTransportKind transport = SipTransportKind.Udp) => new()
    {
        Tenant = TenantId.Default,
        Number = number,
        ContactUri = $"sip:{number}@192.0.2.9:5060",
        Flow = new SipFlow(transport, NetAddress.From(IPAddress.Parse("192.0.2.1"), 5060), NetAddress.From(IPAddress.Parse("192.0.2.9"), 5060), transport == SipTransportKind.Udp ? 0 : 7),
        Path = transport == SipTransportKind.Udp ? ["<sip:edge.example;lr>"] : [],
        RegisterCallId = "r",
        RegisterCSeq = 1,
        ExpiresSeconds = 3_600,
        RegisteredAt = Now,
        ExpiresAt = Now.AddSeconds(3_600),
        LastSeen = Now,
        UserAgent = "Phone",
    };

    /// <summary>The call has ended well.</summary>
    public static CallEnded Ended(CallSnapshot call) => new(
        call,
        new CallDetailRecord
        {
            Id = call.Id,
            Tenant = call.Tenant,
            TraceId = call.TraceId,
            CallerNumber = call.CallerNumber,
            CalleeNumber = call.CalleeNumber,
            InitiatedAt = Now,
            EndedAt = Now,
            Verdict = new Verdict(ResultClass.Success, EndReason.Completed, 200, CallSide.Caller, 16),
        },
        Now);
}
