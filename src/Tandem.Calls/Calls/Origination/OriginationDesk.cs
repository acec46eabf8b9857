using Tandem.Calls.Calls.Commands;
using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Calls.Stories;
using Tandem.Calls.Ports;
using Tandem.Calls.Shards;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks.Calls;

namespace Tandem.Calls.Calls.Origination;

/// <summary>
/// Makes calls that programs want, on one shard. They count against the limits of their tenant as any call does, and the toll guard stands before the outside; who is
/// connected with a number for help has what he would have if he had dialled it: places beyond the limits of the tenant and above the others'.
/// </summary>
internal sealed class OriginationDesk(CallEnvironment environment, ExchangeOptions options, CallBirths births, SharedState shared)
{
    /// <summary>Begins a call; on the shard's loop.</summary>
    public OriginationReply Begin(TenantId tenant, OriginationOrder order)
    {
        if (IsShut(tenant, order) || !births.IsEnabled(tenant))
            return new OriginationReply(CommandResult.Unavailable, null, Text: "The exchange takes no new calls now");
        if (!TryReserve(tenant, order, out var isForHelp))
        {
            environment.Counters.CountOverloaded();
            return new OriginationReply(CommandResult.Unavailable, null, Text: "There are as many calls as there may be");
        }

        LiveCall? made = null;
        CommandContext? command = null;
        if (!births.TryBegin(tenant, () => Make(tenant, order, isConsultation: false, call => Connect(call, order), out made, out command), isForHelp))
            return new OriginationReply(CommandResult.Unavailable, null, Text: "The call could not be made");

        return new OriginationReply(CommandResult.Begun, made!.Model.Snapshot, command!.Id);
    }

    /// <summary>Rings somebody who is to be added to a room; on the shard's loop. The order is counted against the limit of the room until he has come in, or has not.</summary>
    public OriginationReply Dial(Rooms.RoomKey room, RoomDialOrder order)
    {
        var rooms = environment.Rooms;
        if (rooms.TryDial(room, order.Number, order.Guest) is not { } dial)
            return new OriginationReply(CommandResult.Unavailable, null, Text: $"As many ring for the room as may: {rooms.Options.MaxDials} (ROOM_MAX_DIALS)");

        var reply = Begin(room.Tenant, new OriginationOrder
        {
            From = order.To,
            To = new Routing.Destination.Room(room.Name),
            FromNumber = order.Number,
            ToNumber = options.Calls.RoomPrefix + room.Name,
            RingTimeout = order.RingTime ?? rooms.Options.DialTime,
            Variables = order.Variables,
            Service = new Routing.ExchangeService.Room(room.Name, order.Guest),
            Settled = (outcome, status, detail) => rooms.Dialled(room, dial, RoomDialOrder.Words(outcome, status, detail)),
        });
        if (reply.Call is not { } call)
            rooms.Dialled(room, dial, "");
        else if (!rooms.Dialling(room, dial, call.Id, reply.CommandId, () => environment.PostToShard(() => environment.Calls.Find(call.Id)?.HangUp(EndReason.Cancelled))))
            environment.Calls.Find(call.Id)?.HangUp(EndReason.Cancelled);
        return reply;
    }

    /// <summary>Rings the agents of an offer for somebody who is to be called back; on the shard's loop. What becomes of it is told to the desk of queues.</summary>
    public void CallBack(TenantId tenant, Queues.QueueOffer offer)
    {
        var desk = environment.Queues;
        if (desk.FindCallback(tenant, offer.Ticket, environment.Now) is not { } callback || desk.Find(tenant, offer.Queue)?.Settings is not { } settings)
            return;
        if (Begin(tenant, Queues.CallbackProgram.Order(environment, tenant, offer, callback, settings)).Call is null)
            desk.NoAgent(tenant, offer.Ticket, Queues.RingResult.Cancelled, environment.Now);
    }

    /// <summary>Rings the phone of a supervisor; on the shard's loop. Who asked may: he is asked for no PIN.</summary>
    public OriginationReply Monitor(TenantId tenant, MonitorOrder order) => Begin(tenant, new OriginationOrder
    {
        From = new Routing.Destination.Extension(order.Supervisor),
        Phones = [order.Supervisor],
        To = new Routing.Destination.Extension(order.Agent),
        FromNumber = order.Supervisor,
        ToNumber = options.Routing.Codes.Monitor + order.Agent,
        RingTimeout = order.RingTime ?? environment.Monitors.Options.RingTime,
        Service = new Routing.ExchangeService.Monitor(order.Agent, order.Call, order.Mode, order.Follows, IsGranted: true),
    });

    /// <summary>
    /// Rings a third party for a call of this shard. Null when there is no place for its call.
    /// </summary>
    /// <param name="order">Whom; the other number is that of who consults.</param>
    /// <param name="consultation">What happens when they answer.</param>
    /// <param name="command">Hears of the answer.</param>
    public LiveCall? Consult(TenantId tenant, OriginationOrder order, Consultation consultation, CommandContext command)
    {
        if (IsShut(tenant, order) || !TryReserve(tenant, order, out var isForHelp))
            return null;

        LiveCall? made = null;
        var isMade = births.TryBegin(tenant, () => Make(tenant, order, isConsultation: true, _ => (command, new ConsultProgram(consultation, command)), out made, out _), isForHelp);
        if (isMade)
            made!.Ended = _ => consultation.Close();
        return isMade ? made : null;
    }

    // As a phone's: while the exchange is being stopped a call for help is taken until calls get BYE.
    private bool IsShut(TenantId tenant, OriginationOrder order) => shared.IsDraining && (shared.IsClosing || !IsForHelp(tenant, order));

    // As anybody's while there is room for anybody's; isForHelp when only those for help had any.
    private bool TryReserve(TenantId tenant, OriginationOrder order, out bool isForHelp)
    {
        var mayBe = IsForHelp(tenant, order);
        isForHelp = false;
        return shared.Calls.TryReserve(options.Calls.MaxCalls, tenant, environment.Now, tells: !mayBe)
            || (isForHelp = mayBe && shared.Calls.TryReserveForHelp(options.Calls, tenant));
    }

    // Either side may be who helps: a third party for a room, or one who is consulted, is rung first. A number that the exchange calls back is what a caller showed, which may be any.
    private bool IsForHelp(TenantId tenant, OriginationOrder order) => !order.IsOurs && (IsForHelp(tenant, order.To) || IsForHelp(tenant, order.From));

    private bool IsForHelp(TenantId tenant, Routing.Destination to) => to switch
    {
        Routing.Destination.Number number => environment.Router.IsEmergency(tenant, number.Digits),
        Routing.Destination.Trunk trunk => environment.Router.IsEmergency(tenant, trunk.Digits),
        _ => false,
    };

    private (LiveCall Call, Action Run) Make(
        TenantId tenant, OriginationOrder order, bool isConsultation, Func<LiveCall, (CommandContext Command, ICallProgram Program)> serve, out LiveCall made, out CommandContext command)
    {
        var way = order.Service is not null
            ? default
            : CallWay.Of(caller: null, environment.Router.Plan(new Routing.RouteRequest(tenant, order.FromNumber, isConsultation ? order.FromNumber : order.ToNumber) { To = isConsultation ? order.From : order.To }).First);
        var birth = births.Birth(tenant, order.FromNumber, order.ToNumber, way: way);
        var call = new LiveCall(new Call(birth, environment.WallClock, environment.Events), environment) { Origin = Originator.Instance };
        var (context, program) = serve(call);
        var domain = births.DomainOf(tenant);
        var first = births.Find(tenant, order.FromNumber) ?? new Extension(tenant, order.FromNumber, default!);
        var other = births.Find(tenant, order.ToNumber) ?? new Extension(tenant, order.ToNumber, default!);
        var toFirst = Addressing(other, order.FromNumber, domain);
        var onward = Addressing(first, order.ToNumber, domain);
        (made, command) = (call, context);
        return (call, () => new OriginationStory(call, order, context, toFirst, onward, program).Run());
    }

    private static (CommandContext, ICallProgram) Connect(LiveCall call, OriginationOrder order)
    {
        var context = new CommandContext(call, new OriginateCommand()) { Variables = order.Variables, Ended = order.Settled, IsSilent = order.IsOurs };
        context.Control.TryRun(context);
        return (context, order.Program?.Invoke(context) ?? (order.Service is { } service ? new GuestProgram(service, context) : new ConnectProgram(order, context)));
    }

    private CalleeAddressing Addressing(Extension caller, string called, string domain) =>
        new(caller, called, options.Calls, environment.Engine.Addressing, hops: -1, isPrivate: false, []) { TenantDomain = domain };
}
