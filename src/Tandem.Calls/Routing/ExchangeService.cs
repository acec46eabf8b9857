using Tandem.Calls.Calls;
using Tandem.Media.Mixing;

namespace Tandem.Calls.Routing;

/// <summary>What the exchange itself is at the other end of a call.</summary>
public abstract record ExchangeService
{
    private ExchangeService()
    {
    }

    /// <summary>Says back what it hears: the caller learns whether his sound gets here and back.</summary>
    public sealed record Echo : ExchangeService;

    /// <summary>Plays a sound of the tenant's library once, and hangs up.</summary>
    /// <param name="Sound">Its name.</param>
    public sealed record Announcement(string Sound) : ExchangeService;

    /// <summary>A room in which all who dial it hear each other.</summary>
    /// <param name="Name">The digits that were dialled behind the prefix.</param>
    /// <param name="Guest">Who was called for the room comes in like this; null for who dialled it.</param>
    public sealed record Room(string Name, Rooms.RoomGuest? Guest = null) : ExchangeService;

    /// <summary>Lets the caller hear the calls of an agent, and be heard in them.</summary>
    /// <param name="Agent">The number of the agent.</param>
    /// <param name="Call">The call; null for the agent's newest.</param>
    /// <param name="Mode">How he begins.</param>
    /// <param name="Follows">He stays when the call ends, for the agent's next one.</param>
    /// <param name="IsGranted">Somebody who may has asked for it: the caller is not asked who he is.</param>
    public sealed record Monitor(string Agent, CallId? Call = null, MonitorMode Mode = MonitorMode.Listen, bool Follows = true, bool IsGranted = false) : ExchangeService;

    /// <summary>Waits in a queue for an agent.</summary>
    /// <param name="Name">The name of the queue.</param>
    /// <param name="Priority">Who comes with a higher one is served first.</param>
    public sealed record Queue(string Name, int Priority = 0) : ExchangeService;

    /// <summary>An agent of queues logs in or out, or pauses.</summary>
    /// <param name="Action">Which of them.</param>
    /// <param name="Reason">Why he pauses; empty for none.</param>
    public sealed record Duty(Queues.AgentAction Action, string Reason = "") : ExchangeService;

    /// <summary>Leaves a message for an extension.</summary>
    /// <param name="Number">The extension.</param>
    public sealed record Voicemail(string Number) : ExchangeService;

    /// <summary>Listens to messages.</summary>
    /// <param name="Number">The extension whose messages they are; empty asks for it, null: that of the phone.</param>
    public sealed record Mailbox(string? Number) : ExchangeService;

    /// <summary>A menu: a flow of the tenant.</summary>
    /// <param name="Id">Its id.</param>
    public sealed record Ivr(string Id) : ExchangeService;

    /// <summary>Waits in a slot until somebody retrieves him.</summary>
    /// <param name="Slot">The number of the slot; empty for the first that is free.</param>
    public sealed record Park(string Slot) : ExchangeService
    {
        /// <summary>The slot that is kept for him already; null for none.</summary>
        internal Parking.ParkingSlot? Reserved { get; init; }
    }

    /// <summary>A slot is kept for somebody whom the caller will transfer here, and the caller hears its number; who is transferred here is parked.</summary>
    public sealed record ReserveSlot : ExchangeService;

    /// <summary>Gets the call out of a slot; who is transferred here is parked in it.</summary>
    /// <param name="Slot">The number of the slot.</param>
    public sealed record Retrieve(string Slot) : ExchangeService;

    /// <summary>Takes a call that rings at another phone.</summary>
    /// <param name="Number">Where it rings; null for any of the pickup group of the caller.</param>
    public sealed record Pickup(string? Number) : ExchangeService;

    /// <summary>Changes what the extension that calls has set.</summary>
    /// <param name="What">The change.</param>
    /// <param name="Argument">The digits behind the code; empty for none.</param>
    public sealed record Change(Features.FeatureChange What, string Argument) : ExchangeService;

    /// <summary>Waits for a program of the tenant, which deals with the call by commands.</summary>
    /// <param name="Name">What the program knows it by.</param>
    public sealed record Api(string Name) : ExchangeService
    {
        /// <summary>How long no program may say anything; zero for what the installation says.</summary>
        public TimeSpan Limit { get; init; }

        /// <summary>What is tried when no program takes a caller who is answered already; null for nothing.</summary>
        internal IReadOnlyList<PlanStep>? Otherwise { get; init; }

        /// <summary>No program took the caller: what stands behind is tried at once.</summary>
        internal bool IsLate { get; init; }

        /// <summary>The limit, or that of the installation.</summary>
        internal TimeSpan LimitOf(RoutingOptions options) => Limit > TimeSpan.Zero ? Limit : options.ProgramWait;
    }
}
