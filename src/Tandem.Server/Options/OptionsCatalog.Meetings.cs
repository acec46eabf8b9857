namespace Tandem.Server.Options;

public static partial class OptionsCatalog
{
    private const string Meetings = "Rooms, monitoring and queues";

    private static void AddMeetings(List<Setting> list)
    {
        list.Add(Meetings, "ROOM_MAX_DIALS", o => o.Rooms.MaxDials, Count(0, 1_000, "numbers"), "Numbers that ring at once for one room, for people who are to be added (conference.md); 0: nobody is called for rooms.", main: true);
        list.Add(Meetings, "ROOM_DIAL_TIME", o => o.Rooms.DialTime, Seconds(1, 300), "How long somebody rings who is to be added to a room, where nothing else is said.");
        list.Add(Meetings, "ROOM_ENDS_AT_ONCE", o => o.Rooms.EndsAtOnce, Count(1, 10_000, "calls"), "When a room ends for all, so many calls are let go at once, and the next one with each that is over: other calls wait a few milliseconds at most.");
        list.Add(Meetings, "ROOM_MAX_FOR_TONES", o => o.Rooms.MaxForTones, Count(0, 100_000, "members"), "Tones tell of who comes and leaves while a room has at most so many members: in a larger one somebody does all the time.");
        list.Add(Meetings, "ROOM_PIN_TRIES", o => o.Rooms.PinTries, Count(1, 20, "tries"), "How often somebody may type the PIN of a room in one call.");
        list.Add(Meetings, "ROOM_MAX_WRONG_PINS", o => o.Rooms.MaxWrongPins, Count(1, 10_000, "PINs"), "As many wrong PINs of one room, over all calls, shut it to who needs a PIN: more than a team mistypes, far fewer than a guess needs.", main: true);
        list.Add(Meetings, "ROOM_LOCK_OUT", o => o.Rooms.LockOut, Seconds(1, 86_400), "For how long.");
        list.Add(Meetings, "ROOM_SECOND_KEY", o => o.Rooms.SecondKey, Seconds(1, 60), "From the star to the second key of a code in a room.");
        list.Add(Meetings, "MONITOR_PIN_TRIES", o => o.Monitoring.PinTries, Count(1, 20, "tries"), "How often a supervisor may type his PIN in one call.");
        list.Add(Meetings, "MONITOR_MAX_WRONG_PINS", o => o.Monitoring.MaxWrongPins, Count(1, 10_000, "PINs"), "As many wrong PINs of one supervisor, over all calls, shut him out (monitoring.md).", main: true);
        list.Add(Meetings, "MONITOR_LOCK_OUT", o => o.Monitoring.LockOut, Seconds(1, 86_400), "For how long.");
        list.Add(Meetings, "MONITOR_RING_TIME", o => o.Monitoring.RingTime, Seconds(1, 300), "How long the phone of a supervisor rings that the API has call, where nothing else is said.");
        list.Add(Meetings, "MONITOR_MAX_CALLS", o => o.Monitoring.MaxCallsLookedAt, Count(1, 1_000, "calls"), "Calls of one agent among which the newest answered one is looked for: no phone has more lines.");
        list.Add(Meetings, "QUEUE_MAX", o => o.Queues.MaxQueues, Count(1, 100_000, "queues"), "Queues of one tenant.");
        list.Add(Meetings, "QUEUE_MAX_MEMBERS", o => o.Queues.MaxMembers, Count(1, 10_000, "members"), "Members of one queue.");
        list.Add(Meetings, "QUEUE_MAX_RINGING", o => o.Queues.MaxRinging, Count(1, 64, "agents"), "Agents whose phones ring at the same time for one caller; no more contacts than CALL_MAX_CONTACTS ring in any case.");
        list.Add(Meetings, "QUEUE_FIGURE_GAP", o => o.Queues.FigureGap, Milliseconds(100, 60_000), "Live figures of the queues of a tenant are told at most so often.");
        list.Add(Meetings, "QUEUE_LEAST_PENALTY", o => o.Queues.LeastPenalty, Milliseconds(500, 60_000), "A phone that refuses at once is not asked again sooner, whatever the penalties of its queue are.");
        list.Add(Meetings, "QUEUE_FIRST_CALLBACK", o => o.Queues.FirstCallback, Seconds(1, 300), "Who asked for a callback is not called sooner: his phone has to be free again (queues.md).");
        list.Add(Meetings, "QUEUE_CALLBACK_KEY_TIME", o => o.Queues.CallbackKeyTime, Seconds(1, 60), "From the offer of a callback to the key of the caller, and from one digit to the next.");
    }
}
