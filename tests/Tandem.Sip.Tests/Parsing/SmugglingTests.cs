using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Testing.Torture;
using Tandem.Testing.Wire;
using static Tandem.Sip.Tests.SipTest;

namespace Tandem.Sip.Tests.Parsing;

/// <summary>
/// No message means one thing to us and another to the next hop: whatever the parser accepts, a strict reader written apart from it
/// reads the same way, and what is written from it too. RFC 3261 §7.3, §18.3.
/// </summary>
public class SmugglingTests
{
    private static readonly byte[][] Corpus =
        [SipSamples.Invite, SipSamples.InviteOk, SipSamples.RegisterWithAuthorization, SipSamples.Compact, .. TortureSamples.Names.Select(TortureSamples.Read)];

    // What smugglers use: other line ends, blanks where some readers allow them, the same header under two names, a second message.
    private static readonly byte[][] Fragments =
    [
        .. new[]
        {
            "\r\n", "\n", "\r", "\0", "\\\0", " :", "\t:", ": ", ":", "\r\n ", "\r\n\t", "\r\n :", "\v", "\f", "\u0085", "\u2028", "é", ",", "\"", "\\\"", "(", ")",
            "Content-Length: 5\r\n", "Content-Length : 7\r\n", "content-length:0\r\n", "Content-Length\r\n : 3\r\n", "l: 0\r\n", "l:99999\r\n", "Content-Length: 0, 5\r\n", "Content-Length: +5\r\n", "Content-Length:\r\n 5\r\n",
            "v: SIP/2.0/UDP evil;branch=z9hG4bKe\r\n", ", SIP/2.0/UDP evil;branch=z9hG4bKe", "i: other\r\n", "f: <sip:evil@x>;tag=9\r\n", "To : <sip:evil@x>\r\n", "CSeq: 1 BYE\r\n", "CSeq:\r\n\t7 INVITE\r\n",
            "\r\n\r\nBYE sip:x@y SIP/2.0\r\n", "Content-Type: message/sip\r\n", "m: <sip:evil@x>\r\n", "\r\nX\r\n", "X-A: b\r\n", "X A: b\r\n", ": b\r\n", "Via: \r\n", "\tfold\r\n", " fold\r\n",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    private static readonly Gen<byte[]> Mutated =
        from sample in Gen.Choose(0, Corpus.Length - 1)
        from edits in (from kind in Gen.Choose(0, 5) from place in Gen.Choose(0, 9_999) from fragment in Gen.Choose(0, Fragments.Length - 1) select (kind, place, fragment)).ListOf()
        select Apply(Corpus[sample], [.. edits.Take(1 + (sample % 2))]);

    [Fact]
    public void What_we_accept_a_strict_reader_reads_the_same_way()
    {
        var accepted = 0;
        Prop.ForAll(Arb.From(Mutated), bytes =>
        {
            if (Parse([.. bytes], out var message) == SipRejection.None)
            {
                accepted++;
                CheckOneMeaning(bytes, message!);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(15_000).WithReplay(4_475, 5_119));
        Assert.True(accepted > 1_500, $"only {accepted} were accepted: this tests little");
    }

    [Fact]
    public void The_corpus_has_one_meaning()
    {
        foreach (var bytes in Corpus)
        {
            if (Parse([.. bytes], out var message) == SipRejection.None)
                CheckOneMeaning(bytes, message!);
        }
    }

    private static void CheckOneMeaning(byte[] bytes, SipMessage message)
    {
        var read = StrictReader.Read(bytes, out var why);
        Assert.True(read is not null, why);
        Assert.Equal(read.Headers, Ours(message));
        Assert.Equal(read.Body, message.Body.ToArray());
        if (message.IsRequest)
            Assert.Equal(read.Start, Latin(message.MethodText) + " " + Latin(message.RequestUri) + " SIP/2.0", ignoreCase: true);

        // What goes on: the same fields and body, now without any of the freedom that the original took.
        var written = MessageProbe.Rewrite(message);
        var again = StrictReader.Read(written, out why);
        Assert.True(again is not null, why);
        Assert.Equal(Sorted(read.Headers), Sorted(again.Headers));
        Assert.Equal(read.Body, again.Body);
        Assert.Equal(written, MessageProbe.Rewrite(Good([.. written])));
        var head = Latin(written)[..Latin(written).IndexOf("\r\n\r\n", StringComparison.Ordinal)];
        Assert.DoesNotContain("\r\n ", head, StringComparison.Ordinal);
        Assert.DoesNotContain(" :", head.Split("\r\n").Skip(1).Select(line => line[..line.IndexOf(':', StringComparison.Ordinal)] + ":"));
    }

    private static List<(string Name, string Value)> Ours(SipMessage message)
    {
        var list = new List<(string Name, string Value)>();
        foreach (ref readonly var field in message.Headers)
        {
            var name = field.Name == HeaderName.Other ? Latin(message.NameOf(field)) : Latin(HeaderNames.Text(field.Name));
            list.Add((StrictReader.LongName(name.ToLowerInvariant()), StrictReader.Squeeze(Latin(message.ValueOf(field)))));
        }

        return list;
    }

    // Content-Length and Content-Type are written anew, at the end.
    private static IEnumerable<(string Name, string Value)> Sorted(IEnumerable<(string Name, string Value)> headers) =>
        headers.Where(h => h.Name is not ("content-length" or "content-type"));

    private static string Latin(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    private static byte[] Apply(byte[] sample, (int Kind, int Place, int Fragment)[] edits)
    {
        List<byte> bytes = [.. sample];
        foreach (var (kind, place, fragment) in edits)
        {
            // Half of them at the begin of a line, where they do most harm.
            var at = bytes.Count * place / 10_000;
            if (kind < 3)
            {
                var line = bytes.FindIndex(at, b => b == '\n');
                at = line < 0 ? at : line + 1;
            }

            if (kind is 2 or 5)
                bytes.RemoveRange(at, Math.Min(fragment % 5, bytes.Count - at));
            bytes.InsertRange(at, Fragments[fragment]);
        }

        return [.. bytes];
    }
}
