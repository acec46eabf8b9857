using System.Globalization;
using System.Text;
using System.Text.Json;
using Tandem.Core.Net;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;

namespace Tandem.Calls.Tracing;

/// <summary>A trace as a diagram of text: the exchange and each phone have a line downwards, each message an arrow between two of them.</summary>
public static class TraceLadder
{
    private const int Wide = 26;
    private const int TimeWide = 12;
    private const int LongestNote = 160;

    /// <summary>Draws it.</summary>
    /// <param name="trace">The trace.</param>
    public static string Draw(CallTrace trace)
    {
        var peers = new List<NetAddress>();
        foreach (var entry in trace.Entries)
        {
            if (entry.Kind == TraceKind.Sip && !peers.Contains(entry.Flow.Remote))
                peers.Add(entry.Flow.Remote);
        }

        // The caller stands left of the exchange, everybody else right of it.
        var columns = peers.Count + 1;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Call {trace.Id}  trace {trace.TraceId}  {trace.BeganAt:yyyy-MM-dd HH:mm:ss.fff} UTC\n\n");
        text.Append(' ', TimeWide);
        for (var column = 0; column < columns; column++)
        {
            var name = column == 1 || (column == 0 && peers.Count == 0) ? "Tandem" : peers[column == 0 ? 0 : column - 1].ToString();
            text.Append(Center(name, Wide));
        }

        text.Append('\n');
        foreach (var entry in trace.Entries)
        {
            text.Append(Time(entry.At - trace.BeganAt));
            if (entry.Kind == TraceKind.Sip)
            {
                var peer = peers.IndexOf(entry.Flow.Remote);
                Arrow(text, columns, peer == 0 ? 0 : peer + 1, entry);
            }
            else
            {
                Lines(text, columns);
                text.Append("  ").Append(Note(entry));
            }

            text.Append('\n');
        }

        if (trace.LeftOut > 0)
            text.Append(CultureInfo.InvariantCulture, $"{trace.LeftOut} more were not kept\n");
        return text.ToString();
    }

    /// <summary>What a message is, in a word: <c>INVITE</c>, <c>INVITE (SDP)</c>, <c>200 INVITE</c>.</summary>
    public static string Name(ReadOnlySpan<byte> message)
    {
        var glance = SipGlance.At(message);
        var method = Clean(Encoding.UTF8.GetString(glance.Method), 12);
        var name = glance.IsRequest ? method : string.Create(CultureInfo.InvariantCulture, $"{glance.StatusCode} {method}");
        var hasSdp = glance.BodyStart < message.Length
            && SipGlance.Header(message, "content-type"u8, (byte)'c') is var type
            && SipBodies.TryFind(message[glance.BodyStart..], type, "application/sdp"u8, SipLimits.Default.MaxBodyNesting, out _);
        return hasSdp ? name + " (SDP)" : name;
    }

    private static void Arrow(StringBuilder text, int columns, int peer, TraceEntry entry)
    {
        const int own = 1;
        var line = new char[columns * Wide];
        Array.Fill(line, ' ');
        for (var column = 0; column < columns; column++)
            line[Middle(column)] = '|';

        var (left, right) = (Middle(Math.Min(own, peer)), Middle(Math.Max(own, peer)));
        for (var i = left + 1; i < right; i++)
            line[i] = '-';

        var toRight = (entry.Direction == SipDirection.Sent) == (peer > own);
        if (toRight)
            line[right - 1] = '>';
        else
            line[left + 1] = '<';

        var name = ' ' + Name(entry.Data.Span) + ' ';
        var room = Math.Min(name.Length, right - left - 3);
        var start = left + ((right - left - room) / 2) + 1;
        name.AsSpan(0, room).CopyTo(line.AsSpan(start - 1));
        text.Append(new string(line).TrimEnd());
    }

    private static void Lines(StringBuilder text, int columns)
    {
        for (var column = 0; column < columns; column++)
            text.Append(' ', Wide / 2).Append('|').Append(' ', (Wide / 2) - 1);
        while (text.Length > 0 && text[^1] == ' ')
            text.Length--;
    }

    private static int Middle(int column) => (column * Wide) + (Wide / 2);

    private static string Note(TraceEntry entry)
    {
        using var json = JsonDocument.Parse(entry.Data);
        var parts = new List<string>();
        foreach (var field in json.RootElement.EnumerateObject())
            parts.Add(field.Name == "name" ? field.Value.ToString() : $"{field.Name}={field.Value}");
        return Clean(string.Join(' ', parts), LongestNote);
    }

    private static string Time(TimeSpan since) =>
        string.Create(CultureInfo.InvariantCulture, $"{(since < TimeSpan.Zero ? TimeSpan.Zero : since).TotalSeconds,9:0.000}").PadRight(TimeWide);

    private static string Center(string text, int width)
    {
        text = text.Length > width - 1 ? text[..(width - 1)] : text;
        return text.PadLeft((width + text.Length + 1) / 2).PadRight(width);
    }

    // The bytes came from the network, and this goes to a terminal.
    private static string Clean(string text, int longest)
    {
        var clean = new string([.. text.Select(c => char.IsControl(c) ? '.' : c)]);
        return clean.Length > longest ? clean[..longest] : clean;
    }
}
