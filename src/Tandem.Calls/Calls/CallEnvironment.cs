using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Calls.Services;
using Tandem.Calls.Events;
using Tandem.Calls.Ports;
using Tandem.Calls.Registrar;
using Tandem.Calls.Routing;
using Tandem.Calls.Tenants;
using Tandem.Core.Loops;
using Tandem.Core.Time;
using Tandem.Sip.Engine;

namespace Tandem.Calls.Calls;

/// <summary>What the calls of one shard use. Owned by the shard's loop.</summary>
internal sealed class CallEnvironment
{
    private const int LongestOwnCallId = 128;

    public required SipEngine Engine { get; init; }

    public required TimerWheel Wheel { get; init; }

    public required TurnQueue Turns { get; init; }

    public required Random Random { get; init; }

    public required IWallClock WallClock { get; init; }

    public required CallOptions Options { get; init; }

    public required IMediaService Media { get; init; }

    public required IEventSink Events { get; init; }

    public required CallTable Calls { get; init; }

    /// <summary>All bindings, for legs whose phone comes back over another connection.</summary>
    public required RegistrarTable Registrar { get; init; }

    public required CallCounters Counters { get; init; }

    /// <summary>Keeps what happened to each call; null for nobody.</summary>
    public Tracing.CallTraces? Traces { get; init; }

    /// <summary>What must not be seen in the messages of providers; null when nobody keeps or exports messages.</summary>
    public Trunks.ProviderSecrets? Secrets { get; init; }

    /// <summary>The door to the providers. Set by the shard.</summary>
    public Trunks.Calls.TrunkGate Trunks { get; set; } = null!;

    /// <summary>Says what happens to a call. Set by the shard.</summary>
    public Routing.Router Router { get; set; } = null!;

    /// <summary>How plans are run.</summary>
    public Routing.RoutingOptions Routing { get; init; } = global::Tandem.Calls.Routing.RoutingOptions.Default;

    /// <summary>Asks webhooks where calls go; null for none.</summary>
    public Ports.IRouteWebhooks? RouteWebhooks { get; init; }

    /// <summary>The calls of a number have changed, though it is neither caller nor dialled.</summary>
    public Action<TenantId, string> NumberChanged { get; init; } = static (_, _) => { };

    /// <summary>Rooms that calls meet in.</summary>
    public required Rooms.RoomTable Rooms { get; init; }

    /// <summary>Rooms that are kept.</summary>
    public Rooms.IRoomDirectory KeptRooms { get; init; } = new Rooms.NoRooms();

    /// <summary>Supervisors at work.</summary>
    public required Monitoring.MonitorTable Monitors { get; init; }

    /// <summary>How supervisors monitor.</summary>
    public Monitoring.IMonitorRules MonitorRules { get; init; } = new Monitoring.NoMonitorRules();

    /// <summary>What is recorded.</summary>
    public Recording.IRecordingRules RecordingRules { get; init; } = new Recording.NoRecordingRules();

    /// <summary>The menus; null for none.</summary>
    public Ivr.IvrServices? Ivr { get; init; }

    /// <summary>A tenant by its id; null when it is not known.</summary>
    public Func<TenantId, Tenant?> FindTenant { get; init; } = static _ => null;

    /// <summary>Makes the program of a service.</summary>
    public Func<LiveCall, ExchangeService, ICallProgram> MakeProgram { get; set; } = ServiceWorks.Make;

    /// <summary>Queues that callers wait in.</summary>
    public required Queues.QueueDesk Queues { get; init; }

    /// <summary>Calls that are parked.</summary>
    public Parking.ParkingLot Parking { get; init; } = new(global::Tandem.Calls.Parking.ParkingOptions.Default);

    /// <summary>Messages that callers leave; null: there is no voicemail.</summary>
    public Voicemail.VoicemailKeeper? Voicemail { get; init; }

    /// <summary>What is known of the phone of a number at a flow, for its media; null for the far half of a call on another shard.</summary>
    public required Func<TenantId, string, SipFlow, MediaPeer?> PeerOf { get; init; }

    /// <summary>
    /// What is known of the phone of a contact. Of one at another node too, whose signalling nobody encrypts between the nodes, whatever it does from there on.
    /// </summary>
    public MediaPeer? PeerAt(Binding contact)
    {
        var peer = PeerOf(contact.Tenant, contact.Number, contact.Flow);
        return contact.Edge is null || peer is null ? peer : peer with { HasSecureSignalling = false };
    }

    /// <summary>What phones of a tenant see behind the @; empty for the domain of the installation.</summary>
    public Func<TenantId, string> DomainOf { get; init; } = static _ => "";

    /// <summary>True when the calls of a number are recorded.</summary>
    public required Func<TenantId, string, bool> IsRecorded { get; init; }

    /// <summary>Makes a Call-ID whose messages come back to this shard.</summary>
    public required Func<string> NewCallId { get; init; }

    /// <summary>Hears of exceptions in call code; for the log.</summary>
    public Action<CallId, Exception>? Faulted { get; init; }

    /// <summary>Runs something on the shard's loop, from any thread.</summary>
    public required Action<Action> PostToShard { get; init; }

    /// <summary>The time of the input or timer that is being worked on.</summary>
    public Moment Now { get; set; }

    /// <summary>Call-IDs of the legs that we opened: an INVITE that comes in with one of them went in a circle.</summary>
    public HashSet<string> OwnCallIds { get; } = [];

    /// <summary>Whether a Call-ID, as it stands in a message, is one of <see cref="OwnCallIds"/>.</summary>
    public bool IsOwnCallId(ReadOnlySpan<byte> callId)
    {
        // Ours are ASCII and short: what is longer is another's.
        Span<char> text = stackalloc char[LongestOwnCallId];
        return callId.Length <= LongestOwnCallId
            && System.Text.Ascii.ToUtf16(callId, text, out var length) == System.Buffers.OperationStatus.Done
            && OwnCallIds.GetAlternateLookup<ReadOnlySpan<char>>().Contains(text[..length]);
    }

    /// <summary>INVITEs that we sent and BYEs whose transactions are not over yet.</summary>
    public int OpenTransactions { get; set; }

    /// <summary>Makes the calls that programs want. Set by the shard.</summary>
    public Origination.OriginationDesk Originations { get; set; } = null!;

    /// <summary>Makes the calls of transfers. Set by the shard.</summary>
    public Transfer.TransferService Transfers { get; set; } = null!;

    /// <summary>Subscriptions of the refer package.</summary>
    public int ReferSubscriptions { get; set; }

    /// <summary>BYEs of ours that are not answered yet.</summary>
    public int Farewells { get; set; }
}
