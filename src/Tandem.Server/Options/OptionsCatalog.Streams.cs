using Tandem.Server.Options.Kinds;

namespace Tandem.Server.Options;

public static partial class OptionsCatalog
{
    private const string Streams = "Event streams";

    private static void AddStreams(List<Setting> list)
    {
        list.Add(Streams, "EVENTS_RETENTION", o => o.Streams.Retention, Seconds(60, 31_536_000),
            "How long events are kept for a client that comes back, and how long they are written for a tenant that nobody follows any more.", main: true);
        list.Add(Streams, "EVENTS_KEEP_MOST", o => o.Streams.KeepMost, Count(1_000, 1_000_000_000, "events"), "Events of one tenant that are kept, whatever their age; about 1 KB each.");
        list.Add(Streams, "EVENTS_TAIL", o => o.Streams.Tail, Count(10, 1_000_000, "events"), "Newest events of a tenant in memory for those who follow; what is older comes from the database.");
        list.Add(Streams, "EVENTS_MAX_LAG", o => o.Streams.MaxLag, Count(10, 10_000_000, "events"), "A client that is further behind is dropped as too slow (close code 4008).");
        list.Add(Streams, "EVENTS_PER_TENANT", o => o.Streams.MaxPerTenant, Count(1, 100_000, "clients"), "Clients of one tenant at once; more get 503.");
        list.Add(Streams, "EVENTS_CLIENTS", o => o.Streams.MaxClients, Count(1, 1_000_000, "clients"), "Clients of the node at once.");
        list.Add(Streams, "EVENTS_SEND_TIMEOUT", o => o.Streams.SendTimeout, Seconds(1, 600), "How long one message may take to leave; who reads nothing for so long is cut off.");
        list.Add(Streams, "EVENTS_PING", o => o.Streams.PingInterval, Seconds(1, 600), "How often a client is asked for a sign of life, and its session or token looked at again.");
        list.Add(Streams, "EVENTS_DTMF", o => o.Calls.TellDigits, SwitchKind.Instance, "Whether keys that phones press are events (call.dtmf): between two phones they may be the PIN of a bank. Which key is pressed is not told where a menu or a program collects a secret, nor of PINs.");
        list.Add(Streams, "AUDIO_STREAMS", o => o.Sounds.MaxClients, Count(0, 10_000, "clients"), "Clients of the node that may hear a call over WebSocket at once; more get 503, 0 allows none.");
        list.Add(Streams, "AUDIO_STREAMS_PER_CALL", o => o.Media.Audio.MaxForks, Count(1, 1_000, "clients"), "Clients that may hear the same call over WebSocket at once; more get 503. They take no place of recorders and supervisors.");
        list.Add(Streams, "AUDIO_STREAM_BUFFER", o => o.Sounds.Buffer, Milliseconds(100, 60_000), "Sound that waits for such a client; who is further behind loses what comes, and is told how much.");
        list.Add(Streams, "AUDIO_STREAM_TIMEOUT", o => o.Sounds.SendTimeout, Seconds(1, 600), "How long one frame may take to leave; who reads nothing for so long is cut off.");
        list.Add(Streams, "AUDIO_STREAM_CHECK", o => o.Sounds.CheckInterval, Seconds(1, 600), "How often the session or token of such a client is looked at again.");
        list.Add(Streams, "EVENTS_POLL", o => o.Streams.PollInterval, Milliseconds(50, 60_000), "How often events that other nodes wrote are looked for; a node's own come at once.");
    }
}
