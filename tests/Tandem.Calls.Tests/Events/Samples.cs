using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;
using Tandem.Core.Net;
using Tandem.Sip.Engine;

namespace Tandem.Calls.Tests.Events;

/// <summary>Calls, records and bindings for the tests of event consumers.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static CallSnapshot Call(string id = "CALL1") => new()
    {
        Id = new CallId(id),
        Tenant = TenantId.Default,
        TraceId = "trace-" + id,
        State = CallState.Initiated,
        CallerNumber = "100",
        CalleeNumber = "101",
        InitiatedAt = Start,
    };

    /// <summary>A record of a call that was answered after 2 s and talked for <paramref name="talkedSeconds"/>; not answered when null.</summary>
    public static CallDetailRecord Record(string id = "CALL1", double? talkedSeconds = 10, EndReason reason = EndReason.Completed)
    {
        var answered = Start.AddSeconds(2);
        return new CallDetailRecord
        {
            Id = new CallId(id),
            Tenant = TenantId.Default,
            TraceId = "trace-" + id,
            CallerNumber = "100",
            CalleeNumber = "101",
            InitiatedAt = Start,
            AnsweredAt = talkedSeconds is null ? null : answered,
            EndedAt = answered.AddSeconds(talkedSeconds ?? 0),
            Verdict = new Verdict(ResultClass.Success, reason, 200, CallSide.Caller),
        };
    }

    public static Binding Binding(string number = "100", int port = 5062, DateTimeOffset? registeredAt = null) => new()
    {
        Tenant = TenantId.Default,
        Number = number,
        ContactUri = $"sip:{number}@192.0.2.7:{port}",
        Flow = new SipFlow(SipTransportKind.Udp, default, NetAddress.FromV4(0xC0000207, (ushort)port)),
        RegisterCallId = "reg-" + number,
        RegisterCSeq = 1,
        ExpiresSeconds = 3_600,
        RegisteredAt = registeredAt ?? Start,
        ExpiresAt = (registeredAt ?? Start).AddHours(1),
        LastSeen = registeredAt ?? Start,
    };

    public static RegistrationEvent Registration(RegistrationChange change = RegistrationChange.Registered, string number = "100") =>
        new(TenantId.Default, Binding(number), change, Start);
}
