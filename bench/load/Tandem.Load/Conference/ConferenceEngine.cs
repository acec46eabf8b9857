using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tandem.Core.Time;
using Tandem.Media;
using Tandem.Media.Mixing;

namespace Tandem.Load.Conference;

/// <summary>
/// The process that is measured: one media engine with one loop and all rooms on it. It prints the ports of its members, waits for a line,
/// and prints how late its ticks were since the last one; at the line <c>hangup</c> all members go at once, and it says first how long that took.
/// </summary>
internal static class ConferenceEngine
{
    public static void Run(ConferenceOptions options, int clientPort, int firstPort)
    {
        var media = new MediaOptions { Shards = 1, RtpPort = firstPort, RtpPortMax = Math.Min(65534, firstPort + (options.Members * 4) + 64), MediaTimeout = TimeSpan.Zero };
        using var engine = new MediaEngine(media, new Clock(TimeProvider.System));
        var (type, map) = options.Format;
        var sdp = Encoding.ASCII.GetBytes(
            $"v=0\r\no=load 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {clientPort} RTP/AVP {type}\r\na=rtpmap:{type} {map}\r\na=ptime:20\r\n");
        var ports = new StringBuilder("ports");
        var mixes = new List<MediaMix>();
        var sessions = new List<MediaSession>();
        for (var i = 0; i < options.Members; i++)
        {
            if (i % options.Room == 0)
                mixes.Add(engine.OpenMix(new MixOptions(), null));
            var session = engine.Open(static _ => { }) ?? throw new InvalidDataException("the engine is full");
            var answer = session.Accept(MediaSide.A, sdp);
            if (!answer.IsAccepted)
                throw new InvalidDataException($"member {i} is refused: {answer.Text}");
            session.Audio.Join(MediaSide.A, mixes[^1]);
            sessions.Add(session);
            ports.Append(CultureInfo.InvariantCulture, $" {SdpText.AudioPort(Encoding.ASCII.GetString(answer.Sdp.Span))}");
        }

        Console.WriteLine(ports);
        var tick = engine.Ticks[0];
        var (lateBefore, tookBefore) = (tick.Lateness.Since(null), tick.Durations.Since(null));
        while (Console.ReadLine() is { } line)
        {
            if (line == "hangup")
                HangUp(engine, sessions, mixes);
            var (late, took) = (tick.Lateness.Since(lateBefore), tick.Durations.Since(tookBefore));
            (lateBefore, tookBefore) = (tick.Lateness.Since(null), tick.Durations.Since(null));
            string[] parts =
            [
                "ticks", Number(tick.Ticks), Number(tick.Skipped), Number(tick.Failures),
                .. new[] { late.At(0.5), late.At(0.99), late.At(0.999), late.Longest, took.At(0.5), took.At(0.99) }
                    .Select(t => t.TotalMilliseconds.ToString("0.000", CultureInfo.InvariantCulture)),
                Number(engine.Counters[0].AllocatedBytes),
            ];
            Console.WriteLine(string.Join(' ', parts));
        }
    }

    // All at once, as calls end: each session, and each room with its last member. Over when no port is in use and no member is counted.
    private static void HangUp(MediaEngine engine, List<MediaSession> sessions, List<MediaMix> mixes)
    {
        var (start, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        foreach (var session in sessions)
            session.Close();
        foreach (var mix in mixes)
            mix.Close();
        while (engine.PortsInUse > 0 || mixes.Exists(static mix => mix.Members > 0))
        {
            if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(30))
                throw new TimeoutException($"{engine.PortsInUse} ports and {mixes.Sum(static mix => mix.Members)} members are left after 30 s");
            Thread.Sleep(1);
        }

        var took = Stopwatch.GetElapsedTime(start);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{took.TotalMilliseconds:0.0} {(Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds:0.0}"));
        sessions.Clear();
        mixes.Clear();
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
