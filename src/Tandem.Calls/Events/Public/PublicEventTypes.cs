using Tandem.Calls.Calls;

namespace Tandem.Calls.Events.Public;

/// <summary>The names of public events. An event that has none here stays inside the exchange.</summary>
public static class PublicEventTypes
{
    public const string CallCreated = "call.created";
    public const string CallRinging = "call.ringing";
    public const string CallAnswered = "call.answered";
    public const string CallHeld = "call.held";
    public const string CallResumed = "call.resumed";
    public const string CallTransferred = "call.transferred";
    public const string CallWaiting = "call.waiting";
    public const string CallParked = "call.parked";
    public const string CallRetrieved = "call.retrieved";
    public const string CallParkExpired = "call.parkExpired";
    public const string CallPickedUp = "call.pickedUp";
    public const string CallCommand = "call.command";
    public const string CallDtmf = "call.dtmf";
    public const string CallEnded = "call.ended";
    public const string RecordingChanged = "recording.changed";
    public const string RecordingFailed = "recording.failed";
    public const string IvrStep = "ivr.step";
    public const string RegistrationAdded = "registration.added";
    public const string RegistrationRemoved = "registration.removed";
    public const string RegistrationLost = "registration.lost";
    public const string MessageDelivered = "message.delivered";
    public const string MessageFailed = "message.failed";
    public const string TollTripped = "toll.tripped";
    public const string TenantStorageFull = "tenant.storage-full";
    public const string TenantLimitReached = "tenant.limit-reached";
    public const string ProfileChanged = "profile.changed";
    public const string ConferenceStarted = "conference.started";
    public const string ConferenceEnded = "conference.ended";
    public const string ConferenceJoined = "conference.joined";
    public const string ConferenceLeft = "conference.left";
    public const string ConferenceAdmitted = "conference.admitted";
    public const string ConferenceMember = "conference.member";
    public const string ConferenceHand = "conference.hand";
    public const string ConferenceTalking = "conference.talking";
    public const string ConferenceSpeaker = "conference.speaker";
    public const string ConferenceLocked = "conference.locked";
    public const string ConferenceRecording = "conference.recording";
    public const string ConferencePlayed = "conference.played";
    public const string ConferenceDial = "conference.dial";
    public const string ConferenceRefused = "conference.refused";
    public const string MonitorStarted = "monitor.started";
    public const string MonitorMode = "monitor.mode";
    public const string MonitorWaiting = "monitor.waiting";
    public const string MonitorTakenOver = "monitor.taken-over";
    public const string MonitorEnded = "monitor.ended";
    public const string MonitorRefused = "monitor.refused";

    /// <summary>What a test delivery carries; it is never in the outbox.</summary>
    public const string Test = "webhook.test";

    private const int LongestPattern = 64;

    /// <summary>All names, for the API and the documentation.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        CallCreated, CallRinging, CallAnswered, CallHeld, CallResumed, CallTransferred, CallWaiting, CallParked, CallRetrieved, CallParkExpired, CallPickedUp, CallCommand, CallDtmf, CallEnded, RecordingChanged, RecordingFailed, IvrStep,
        RegistrationAdded, RegistrationRemoved, RegistrationLost, MessageDelivered, MessageFailed, TollTripped, ProfileChanged,
        ConferenceStarted, ConferenceEnded, ConferenceJoined, ConferenceLeft, ConferenceAdmitted, ConferenceMember, ConferenceHand,
        ConferenceTalking, ConferenceSpeaker, ConferenceLocked, ConferenceRecording, ConferencePlayed, ConferenceDial, ConferenceRefused,
        MonitorStarted, MonitorMode, MonitorWaiting, MonitorTakenOver, MonitorEnded, MonitorRefused,
        .. PublicDeskEvents.All,
        TenantStorageFull, TenantLimitReached,
    ];

    /// <summary>The name of an event; null when it is not public. It is asked on a shard for each event, and allocates nothing.</summary>
    public static string? Of(ExchangeEvent exchangeEvent) => exchangeEvent switch
    {
        CallEvent call => OfCall(call),
        RegistrationEvent registration => OfRegistration(registration.Change),
        Events.MessageDelivered => MessageDelivered,
        Events.MessageFailed => MessageFailed,
        Security.Toll.TollTripped => TollTripped,
        ProfileEvent => ProfileChanged,
        Rooms.RoomEvent room => MeetingEvents.Of(room.Kind),
        Monitoring.MonitorEvent monitor => MeetingEvents.Of(monitor.Kind),
        Events.TenantStorageFull => TenantStorageFull,
        Events.TenantLimitReached => TenantLimitReached,
        _ => PublicDeskEvents.Of(exchangeEvent),
    };

    /// <summary>True when a pattern has the form of one: <c>*</c>, <c>call.*</c> or a whole name, and some event can match it.</summary>
    public static bool IsPattern(string pattern)
    {
        if (pattern.Length is 0 or > LongestPattern)
            return false;

        foreach (var type in All)
        {
            if (Matches(pattern, type))
                return true;
        }

        return false;
    }

    /// <summary>True when <paramref name="pattern"/> takes events of <paramref name="type"/>.</summary>
    public static bool Matches(string pattern, string type)
    {
        if (pattern == "*")
            return true;

        return pattern.EndsWith(".*", StringComparison.Ordinal)
            ? type.StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal)
            : string.Equals(pattern, type, StringComparison.Ordinal);
    }

    // Keys that somebody pressed are often secrets: they leave only where the installation says so.
    private static string? OfCall(CallEvent call) => call switch
    {
        Events.CallCreated => CallCreated,
        Events.CallRinging => CallRinging,
        Events.CallAnswered => CallAnswered,
        Events.CallHeld => CallHeld,
        Events.CallResumed => CallResumed,
        Events.CallTransferred => CallTransferred,
        Events.CallWaiting => CallWaiting,
        Events.CallParked => CallParked,
        Events.CallRetrieved => CallRetrieved,
        Events.CallParkExpired => CallParkExpired,
        Events.CallPickedUp => CallPickedUp,
        CallCommandEnded => CallCommand,
        CallDigit { IsTold: true } => CallDtmf,
        Events.CallEnded => CallEnded,
        CallRecordingChanged => RecordingChanged,
        CallRecordingFailed => RecordingFailed,
        IvrStepped => IvrStep,
        _ => null,
    };

    // A refresh changes nothing that somebody outside could act on, and there are thousands of them.
    private static string? OfRegistration(RegistrationChange change) => change switch
    {
        RegistrationChange.Registered => RegistrationAdded,
        RegistrationChange.Refreshed => null,
        RegistrationChange.ConnectionClosed => RegistrationLost,
        _ => RegistrationRemoved,
    };
}
