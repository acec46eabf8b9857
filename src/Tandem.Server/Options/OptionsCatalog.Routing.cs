using Tandem.Calls.Parking;
using Tandem.Calls.Routing;
using Tandem.Server.Options.Kinds;

namespace Tandem.Server.Options;

public static partial class OptionsCatalog
{
    private const string Routing = "Routing and feature codes";

    private static readonly TextKind DestinationOrNothing = new("a destination as rules have it (routing.md), or nothing", IsDestinationOrNothing, Destination.MostLength);

    private static void AddRouting(List<Setting> list)
    {
        list.Add(Routing, "MONITOR_CODE", o => o.Routing.Codes.Monitor, DialString, "Dialled before the number of an agent: a supervisor of the tenant hears his calls (monitoring.md); empty for nobody.", main: true);
        list.Add(Routing, "RECORD_CODE", o => o.Routing.Codes.RecordCall, DialString, "Pressed in a call: begins its recording, or ends it (recording.md); empty for no such key.");
        list.Add(Routing, "RECORD_PAUSE_CODE", o => o.Routing.Codes.PauseRecording, DialString, "Pressed in a call that is recorded: pauses that while a card number is said, or goes on; empty for no such key.");
        list.Add(Routing, "ROUTE_STEP_RING", o => o.Routing.StepRingTime, Seconds(1, 600), "How long a step of a plan rings for which nothing else is said, when there is another one behind it: four or five rings.", main: true);
        list.Add(Routing, "ROUTE_MAX_RINGING", o => o.Routing.MaxRinging, Seconds(5, 3_600), "How long all steps of a call together may ring: what proxies on the way wait (RFC 3261 §16.6, timer C).");
        list.Add(Routing, "ROUTE_MAX_STEPS", o => o.Routing.MaxSteps, Count(1, 1_000, "steps"), "Steps that one call tries: more phones one after the other nobody waits for.");
        list.Add(Routing, "ROUTE_WEBHOOK_TIMEOUT", o => o.Routing.WebhookTimeout, Milliseconds(100, 30_000), "How long a webhook may take that is asked where a call goes: the caller hears nothing meanwhile.");
        list.Add(Routing, "ROUTE_PROGRAM_WAIT", o => o.Routing.ProgramWait, Seconds(1, 600), "How long a call at api:NAME waits for a command of a program before the next step is tried; each command begins it anew.");
        list.Add(Routing, "ROUTE_MAX_FORWARDS", o => o.Routing.MaxForwards, Count(1, 10, "forwards"), "How often a call is sent on; what goes further goes in a circle. Diversion and History-Info keep ten.");
        list.Add(Routing, "FORWARD_ON_CODE", o => o.Routing.Codes.ForwardOn, DialString, "Dialled before a number: all calls of the extension go there; empty for none.");
        list.Add(Routing, "FORWARD_OFF_CODE", o => o.Routing.Codes.ForwardOff, DialString, "They do no longer; empty for none.");
        list.Add(Routing, "DND_ON_CODE", o => o.Routing.Codes.DoNotDisturbOn, DialString, "The extension is busy to all; empty for none.");
        list.Add(Routing, "DND_OFF_CODE", o => o.Routing.Codes.DoNotDisturbOff, DialString, "It rings again; empty for none.");
        list.Add(Routing, "REDIAL_CODE", o => o.Routing.Codes.Redial, DialString, "Dials again what the extension dialled last; empty for none.");
        list.Add(Routing, "LAST_CALLER_CODE", o => o.Routing.Codes.LastCaller, DialString, "Calls back who called the extension last; empty for none.");
        list.Add(Routing, "PARK_CODE", o => o.Routing.Codes.Park, DialString, "Who is transferred there is parked, and who dials it is told a slot (parking.md); empty for none.");
        list.Add(Routing, "PARK_FIRST_SLOT", o => o.Parking.FirstSlot, Count(1, 999_999_999, "numbers"), "The first slot for parked calls: a number that phones dial. An extension or a queue of that number goes before.", main: true);
        list.Add(Routing, "PARK_LAST_SLOT", o => o.Parking.LastSlot, Count(0, 999_999_999, "numbers"), "The last slot: so many calls of each tenant may be parked; below the first: none.", main: true);
        list.Add(Routing, "PARK_TIME", o => o.Parking.TimeLimit, Seconds(5, 86_400), "How long a call stays parked; then who parked it is rung.", main: true);
        list.Add(Routing, "PARK_RETURN_RING", o => o.Parking.ReturnTime, Seconds(1, 600), "How long who parked is rung then: six rings.");
        list.Add(Routing, "PARK_FALLBACK", o => o.Parking.Fallback, DestinationOrNothing, "Where a parked call goes that nobody takes back, for example group:desk; empty: it hears an apology and ends.");
        list.Add(Routing, "PARK_RESERVATION", o => o.Parking.ReservationLimit, Seconds(5, 3_600), "How long a slot is kept for who has dialled PARK_CODE and has not transferred yet.");
        list.Add(Routing, "PARK_FETCH_TIMEOUT", o => o.Parking.FetchLimit, Seconds(2, 60), "How long a phone waits for the call that it retrieves or picks up.");
        list.Add(Routing, "PICKUP_CODE", o => o.Routing.Codes.Pickup, DialString, "Takes a call that rings at a phone of one's pickup group; with an extension behind it, that one's; empty for none.");
        list.Add(Routing, "PICKUP_DIRECTED", o => o.Parking.DirectedPickup, WordKind.Of<PickupRights>(), "Whose calls may be picked up by number: group (those of the same pickup group), tenant (anybody's) or own (one's own extension).");
        list.Add(Routing, "INTERCOM_CODE", o => o.Routing.Codes.Intercom, DialString, "Dialled before an extension whose phone answers by itself (RFC 5373); empty for none.");
    }

    private static bool IsDestinationOrNothing(string text) => text.Length == 0 || Destination.TryParse(text, out _, out _);
}
