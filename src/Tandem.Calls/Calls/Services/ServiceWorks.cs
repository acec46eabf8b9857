using Tandem.Calls.Calls.Programs;
using Tandem.Calls.Ivr;
using Tandem.Calls.Parking;
using Tandem.Calls.Queues;
using Tandem.Calls.Routing;
using Tandem.Calls.Voicemail;

namespace Tandem.Calls.Calls.Services;

/// <summary>The program of each service. Whoever brings a service adds a line here.</summary>
internal static class ServiceWorks
{
    public static ICallProgram Make(LiveCall call, ExchangeService service) => service switch
    {
        ExchangeService.Echo => new EchoProgram(),
        ExchangeService.Announcement announcement => new AnnouncementProgram(announcement.Sound),
        ExchangeService.Room room => new RoomProgram(room),
        ExchangeService.Monitor monitor => new MonitorProgram(monitor),
        ExchangeService.Queue queue => new QueueProgram(queue.Name, queue.Priority),
        ExchangeService.Duty duty => new AgentProgram(duty.Action, duty.Reason),
        ExchangeService.Voicemail voicemail => new DepositProgram(voicemail.Number),
        ExchangeService.Mailbox mailbox => new MailboxProgram(mailbox.Number),
        ExchangeService.Ivr ivr => new IvrProgram(call.Environment.Ivr, ivr.Id),
        ExchangeService.Api api => new Held.HeldProgram(api),
        ExchangeService.Park park => new ParkProgram(park),
        ExchangeService.ReserveSlot => new ReserveSlotProgram(),
        ExchangeService.Retrieve retrieve => new RetrieveProgram(retrieve.Slot),
        ExchangeService.Pickup pickup => new PickupProgram(pickup.Number),
        ExchangeService.Change change => new FeatureProgram(change.What, change.Argument),
        _ => throw new ArgumentOutOfRangeException(nameof(service), service, $"call {call.Model.Id}: no program"),
    };
}
