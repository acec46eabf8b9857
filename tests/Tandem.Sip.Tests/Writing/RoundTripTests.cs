using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Sip.Tests.Parsing;
using Tandem.Sip.Tests.Torture;
using Tandem.Sip.Writing;
using Tandem.Testing.Torture;
using static Tandem.Sip.Tests.SipTest;

namespace Tandem.Sip.Tests.Writing;

public class RoundTripTests
{
    private static readonly Gen<string> AnyText = Gen.OneOf(
        Gen.Elements("", "a", "100", "Zoë", "a b", "\"", "\\", "a\"b\\c", "<sip:x@y>", "a,b;c=d", "%41", "\r\n", "\0", "名前", "?&=", "[::1]"),
        ArbMap.Default.GeneratorFor<string>().Where(text => text is not null && text.Length < 60 && text.All(c => !char.IsSurrogate(c))));

    private static readonly Gen<string> Host = Gen.Elements("example.com", "192.0.2.1", "[2001:db8::1]", "host", "a-b.c.example.");

    private static readonly Gen<int> Port = Gen.OneOf(Gen.Constant(-1), Gen.Choose(1, 65_535));

    private static readonly Gen<Generated> Messages =
        from user in AnyText.Where(text => text.Length > 0)
        from name in AnyText
        from parameter in AnyText.Where(text => text.Length > 0)
        from host in Host
        from port in Port
        from cseq in Gen.Choose(0, int.MaxValue)
        from method in Gen.Elements("INVITE", "REGISTER", "MESSAGE", "PURCHASE", "x-%.!")
        from body in ArbMap.Default.GeneratorFor<byte[]>()
        select new Generated(user, name, parameter, host, port, cseq, method, body ?? []);

    // parse(write(x)) gives x back, and write(parse(write(x))) the same bytes.
    [Fact]
    public void What_is_written_reads_as_it_was_meant() => Prop.ForAll(Arb.From(Messages), Check).QuickCheckThrowOnFailure();

    // parse(write(parse(x))) is stable for every published message that is accepted.
    [Fact]
    public void Every_accepted_sample_is_stable()
    {
        var accepted = 0;
        foreach (var name in TortureSamples.Names)
        {
            if (Parse(TortureSamples.Read(name), out var message) != SipRejection.None)
                continue;

            accepted++;
            var once = MessageProbe.Rewrite(message!);
            Assert.Equal(once, MessageProbe.Rewrite(Good(once)));
            Assert.Equal(message!.Body, Good(once).Body);
        }

        Assert.Equal(TortureTests.Rows.Count(row => row.Data.Item2 == SipRejection.None), accepted);
    }

    private static bool Check(Generated x)
    {
        var uri = $"sip:{SipEscaping.EscapeUser(x.User)}@{x.Host}{(x.Port < 0 ? "" : $":{x.Port}")};p={SipEscaping.EscapeParameter(x.Parameter)}";
        var written = SipWriter.Request(Encoding.ASCII.GetBytes(x.Method), Encoding.ASCII.GetBytes(uri))
            .Header(HeaderName.Via, $"SIP/2.0/UDP {x.Host};branch=z9hG4bK1")
            .Header(HeaderName.From, $"{SipText.Quote(x.Name)} <{uri}>;tag=1")
            .Header(HeaderName.To, $"<{uri}>")
            .Header(HeaderName.CallId, "id")
            .Begin(HeaderName.CSeq).Append(x.CSeq).Append(" ").Append(x.Method).End()
            .Finish("application/octet-stream"u8, x.Body);

        var message = Good(written.Span.ToArray());
        Assert.True(SipUriValue.TryParse(message.RequestUri, out var parsed));
        Assert.Equal(x.User, parsed.UserText());
        Assert.True(parsed.UserEquals(Encoding.UTF8.GetBytes(x.User)));
        Assert.Equal(x.Host, parsed.HostText());
        Assert.Equal(x.Port, parsed.Port);
        Assert.True(parsed.TryGetParam("p"u8, out var parameter));
        Assert.Equal(x.Parameter, SipEscaping.Unescape(parameter));
        Assert.True(message.TryGetFrom(out var from));
        Assert.Equal(Sayable(x.Name), from.TextOfDisplayName());
        Assert.True(SipUriComparer.Equals(from.Uri, message.RequestUri));
        Assert.Equal((uint)x.CSeq, message.CSeq);
        Assert.Equal(x.Method, Text(message.MethodText));
        Assert.Equal(x.Body, message.Body.ToArray());

        var once = MessageProbe.Rewrite(message);
        return once.AsSpan().SequenceEqual(MessageProbe.Rewrite(Good(once)));
    }

    // A display name cannot hold control characters: they are written as spaces.
    private static string Sayable(string name) => new([.. name.Select(c => c is < ' ' or '\u007f' ? ' ' : c)]);

    private sealed record Generated(string User, string Name, string Parameter, string Host, int Port, int CSeq, string Method, byte[] Body);
}
