using System.Net;
using Tandem.Calls.Calls;
using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;
using Tandem.Core.Net;
using Tandem.Sip.Engine;

namespace Tandem.Storage.Tests.Harness;

/// <summary>Calls and bindings for tests, with every field set.</summary>
public static class Sample
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, 250, TimeSpan.Zero);

    public static CallSnapshot Opened(int number) => new()
    {
        Id = Id(number),
        Tenant = TenantId.Default,
        TraceId = $"trace-{number}",
        State = CallState.Initiated,
        CallerNumber = "100",
        CalleeNumber = "101",
        CallerAddress = "192.0.2.1:5060",
        CallerSipCallId = $"caller-{number}@example",
        InitiatedAt = Start.AddSeconds(number),
    };

    public static CallSnapshot Answered(int number) => Opened(number) with
    {
        State = CallState.Established,
        CalleeAddress = "192.0.2.2:5062",
        CalleeSipCallId = $"callee-{number}@example",
        RingingAt = Start.AddSeconds(number + 1),
        AnsweredAt = Start.AddSeconds(number + 2),
    };

    public static CallDetailRecord Ended(int number, string caller = "100", string callee = "101", bool answered = true) => new()
    {
        Id = Id(number),
        Tenant = TenantId.Default,
        TraceId = $"trace-{number}",
        CallerNumber = caller,
        CalleeNumber = callee,
        CallerAddress = "192.0.2.1:5060",
        CalleeAddress = "192.0.2.2:5062",
        CallerSipCallId = $"caller-{number}@example",
        CalleeSipCallId = $"callee-{number}@example",
        InitiatedAt = Start.AddSeconds(number),
        RingingAt = Start.AddSeconds(number + 1),
        AnsweredAt = answered ? Start.AddSeconds(number + 2) : null,
        EndedAt = Start.AddSeconds(number + 12),
        Verdict = answered
            ? new Verdict(ResultClass.Success, EndReason.Completed, 200, CallSide.Callee, 16)
            : new Verdict(ResultClass.Client, EndReason.NoAnswer, 408, CallSide.Exchange, 19, "nobody answered"),
        FromCaller = new DirectionStatistics(500, 86_000, 3, 1.25, Start.AddSeconds(number + 11))
        {
            Codec = "opus",
            MaxJitterMilliseconds = 7.125,
            RoundTripMilliseconds = 38.5,
            Mos = 4.123,
            HeardLossPercent = 1.25,
            HeardJitterMilliseconds = 2.75,
            HeardMos = 3.987,
        },
        FromCallee = new DirectionStatistics(498, 85_656, 0, 0.5, null),
        Direction = answered ? CallDirection.Outbound : CallDirection.Internal,
        ProfileId = answered ? "sp_1" : "",
        TransferredBy = answered ? "102" : "",
        TransferredFrom = answered ? Id(number + 900_000) : null,
        TransferredTo = answered ? Id(number + 800_000) : null,
    };

    /// <summary>What few calls have, every field set.</summary>
    public static CallExtras Extras(int number) => new()
    {
        Attempts =
        [
            new CallAttempt("+4930123456", "203.0.113.1:5060", $"first-{number}@example", "sp_9", 503, "Service Unavailable", Start.AddSeconds(number), null, Start.AddSeconds(number + 1)),
            new CallAttempt("101", "192.0.2.7:5061", $"second-{number}@example", "", 0, "", Start.AddSeconds(number), Start.AddSeconds(number + 0.5), Start.AddSeconds(number + 2)),
        ],
        Price = 0.123456m,
        IvrPath = "main/2/sales",
        Recordings = [$"rec-{number}-1", $"rec-{number}-2"],
    };

    public static CallId Id(int number) => new($"01TEST{number:00000000000000000000}");

    public static Binding Binding(string number, string contact, SipTransportKind transport = SipTransportKind.Udp) => new()
    {
        Tenant = TenantId.Default,
        Number = number,
        ContactUri = contact,
        Flow = new SipFlow(transport, NetAddress.From(IPAddress.Parse("192.0.2.9"), 5060), NetAddress.From(IPAddress.Parse("2001:db8::7"), 40123)),
        Path = ["<sip:edge1.example;lr>", "<sip:edge2.example;lr>"],
        Q = 700,
        RegisterCallId = "register@example",
        RegisterCSeq = 4_000_000_000,
        ExpiresSeconds = 600,
        RegisteredAt = Start,
        ExpiresAt = Start.AddSeconds(600),
        LastSeen = Start.AddSeconds(5),
        RegistrationCount = 3,
        UserAgent = "Phone 1.0",
        BehindNat = true,
        Instance = "<urn:uuid:00000000-0000-1000-8000-000A95A0E128>",
    };
}
