using FsCheck;
using FsCheck.Fluent;
using Tandem.Core.Net;
using Tandem.Sip.Resolution;
using Tandem.Testing.Dns;

namespace Tandem.Sip.Tests.Resolution;

/// <summary>RFC 1035 §4, RFC 2782, RFC 3403 §4, RFC 2308 §5, RFC 6891 §6.1: messages written by hand, damaged ones, and made-up ones.</summary>
public sealed class DnsMessageTests
{
    private static readonly DnsQuestion Question = new("_sip._udp.a.test", DnsType.Srv);

    [Fact]
    public void A_question_is_written_byte_by_byte()
    {
        var bytes = new byte[DnsQuery.MaxBytes];
        var length = DnsQuery.Write(0x1234, new DnsQuestion("ab.test", DnsType.A), bytes);

        Assert.Equal(
            Hex("1234 0100 0001 0000 0000 0001", "02 6162 04 74657374 00 0001 0001", "00 0029 04D0 00000000 0000"), bytes[..length]);
    }

    [Fact]
    public void An_address_behind_an_alias_is_read_from_compressed_bytes()
    {
        // a.test CNAME b.test (300 s), b.test A 192.0.2.7 (60 s); "test" of b.test points to offset 14.
        var message = Read(
            "1234 8180 0001 0002 0000 0000", "01 41 04 54657374 00 0001 0001",
            "C00C 0005 0001 0000012C 0004 01 62 C00E", "C024 0001 0001 0000003C 0004 C0000207");

        Assert.True(message.Answered(0x1234, new DnsQuestion("a.test", DnsType.A)));
        var answer = DnsAnswer.From(message, new DnsQuestion("a.test", DnsType.A));
        Assert.Equal(DnsAnswerStatus.Found, answer.Status);
        Assert.Equal("192.0.2.7", Assert.Single(answer.Records).Address.HostText());
        Assert.Equal(60u, answer.Ttl);
    }

    [Fact]
    public void Servers_of_a_service_are_read()
    {
        // Priority 10, weight 5, port 5060, target sip.a.test.
        var message = Read(
            "0001 8180 0001 0001 0000 0000", "04 5F736970 04 5F756470 01 61 04 74657374 00 0021 0001",
            "C00C 0021 0001 0000003C 000C 000A 0005 13C4 03 736970 C016");

        var record = Assert.Single(DnsAnswer.From(message, Question).Records);
        Assert.Equal((10, 5, 5060, "sip.a.test"), (record.Priority, record.Weight, record.Port, record.Target));
    }

    [Fact]
    public void Services_of_a_domain_are_read()
    {
        // Order 50, preference 51, "S", "SIPS+D2T", "", _sips.a.test
        var message = Read(
            "0001 8180 0001 0001 0000 0000", "01 61 04 74657374 00 0023 0001",
            "C00C 0023 0001 0000003C 0018 0032 0033 01 53 08 534950532B443254 00 05 5F73697073 C00C");

        var record = Assert.Single(message.Answers);
        Assert.Equal((50, 51, "s", "SIPS+D2T", false, "_sips.a.test"),
            (record.Weight, record.Priority, record.Flags, record.Service, record.HasExpression, record.Target));
    }

    [Fact]
    public void Ipv6_is_read_and_unknown_types_and_classes_are_passed_over()
    {
        var message = Read(
            "0001 8180 0001 0003 0000 0000", "01 61 04 74657374 00 001C 0001",
            "C00C 0010 0001 0000003C 0003 02 6162", "C00C 001C 0003 0000003C 0002 0000", "C00C 001C 0001 0000003C 0010 20010DB8000000000000000000000001");

        Assert.Equal("2001:db8::1", Assert.Single(message.Answers).Address.HostText());
    }

    [Fact]
    public void A_negative_answer_lives_as_long_as_its_soa_says()
    {
        // RFC 2308 §5: the lesser of the SOA's TTL (3600) and its MINIMUM (120).
        var message = Read(
            "0001 8183 0001 0000 0001 0000", "01 61 04 74657374 00 0001 0001",
            "C00E 0006 0001 00000E10 0019 01 6E C00E 00 00000001 00000002 00000003 00000004 00000078");

        var answer = DnsAnswer.From(message, new DnsQuestion("a.test", DnsType.A));
        Assert.Equal((DnsAnswerStatus.NoName, 120u), (answer.Status, answer.Ttl));
    }

    [Theory]
    [InlineData("shorter than a header", "1234 8180 0001")]
    [InlineData("two questions", "1234 8180 0002 0000 0000 0000 00 0001 0001 00 0001 0001")]
    [InlineData("another opcode", "1234 A980 0001 0000 0000 0000 00 0001 0001")]
    [InlineData("a pointer to itself", "1234 8180 0001 0000 0000 0000 C00C 0001 0001")]
    [InlineData("a pointer forwards", "1234 8180 0001 0000 0000 0000 C00E 0000 0001 0001")]
    [InlineData("two pointers in a circle", "1234 8180 0001 0000 0000 0000 C00E C00C 0001 0001")]
    [InlineData("a pointer without its second byte", "1234 8180 0001 0000 0000 0000 C0")]
    [InlineData("a label type that is none", "1234 8180 0001 0000 0000 0000 41 00 0001 0001")]
    [InlineData("a label beyond the end", "1234 8180 0001 0000 0000 0000 3F 61")]
    [InlineData("an answer that is missing", "1234 8180 0001 0001 0000 0000 00 0001 0001")]
    [InlineData("more records than are read", "1234 8180 0001 FFFF FFFF FFFF 00 0001 0001")]
    [InlineData("data beyond the end", "1234 8180 0001 0001 0000 0000 00 0001 0001 00 0001 0001 00000001 0004 7F00")]
    [InlineData("an address of three bytes", "1234 8180 0001 0001 0000 0000 00 0001 0001 00 0001 0001 00000001 0003 7F0000")]
    [InlineData("a server record with a rest", "1234 8180 0001 0001 0000 0000 00 0021 0001 00 0021 0001 00000001 0008 0001 0001 0001 00 00")]
    [InlineData("a name that runs out of its record", "1234 8180 0001 0001 0000 0000 00 0021 0001 00 0021 0001 00000001 0007 0001 0001 0001 01 61 00")]
    [InlineData("a text that runs out of its record", "1234 8180 0001 0001 0000 0000 00 0023 0001 00 0023 0001 00000001 0006 0001 0001 05 73")]
    public void Refuses(string what, string hex)
    {
        Assert.False(DnsMessage.TryParse(Hex(hex), out var message), what);
        Assert.Null(message);
    }

    [Fact]
    public void A_name_is_no_longer_than_255_bytes()
    {
        // Labels of 49 bytes: five are 251 bytes with the root, one more is too long.
        foreach (var (labels, isGood) in new[] { (5, true), (6, false) })
        {
            var name = string.Concat(Enumerable.Repeat("31" + string.Concat(Enumerable.Repeat("61", 49)), labels));
            Assert.Equal(isGood, DnsMessage.TryParse(Hex("1234 8180 0001 0000 0000 0000", name, "00 0001 0001"), out _));
        }
    }

    [Fact]
    public void A_chain_of_pointers_is_bounded()
    {
        // A hidden name in the data of a TXT record: 17 pointers, each to the one before.
        var pointers = string.Concat(Enumerable.Range(0, 17).Select(i => $"C0{(i == 0 ? 12 : 28 + (2 * (i - 1))):X2}"));
        Assert.False(DnsMessage.TryParse(
            Hex("1234 8180 0001 0002 0000 0000", "00 0001 0001", "00 0010 0001 00000000 0022", pointers, "C03C 0001 0001 00000001 0004 7F000001"), out _));
    }

    [Fact]
    public void A_truncated_answer_says_so_and_holds_nothing()
    {
        var message = Read("1234 8380 0001 0005 0000 0000", "01 61 04 74657374 00 0001 0001", "C00C 00");

        Assert.True(message.IsTruncated);
        Assert.Empty(message.Answers);
        Assert.Equal(DnsAnswerStatus.Failed, DnsAnswer.From(message, message.Question!.Value).Status);
    }

    [Fact]
    public void Strange_bytes_of_a_name_cannot_pass_for_others()
    {
        // One label "a.b" is not the name a.b, and cannot be asked for (RFC 1035 §5.1 writes it so).
        var message = Read("1234 8180 0001 0000 0000 0000", "03 612E62 00 0001 0001");

        Assert.Equal("a\\046b", message.Question!.Value.Name);
        Assert.False(DnsName.IsUsable("a\\046b"));
    }

    [Theory]
    [InlineData(0x1234, "b.test", DnsType.A, false)]
    [InlineData(0x1235, "a.test", DnsType.A, false)]
    [InlineData(0x1234, "a.test", DnsType.Aaaa, false)]
    [InlineData(0x1234, "a.test", DnsType.A, true)]
    public void Only_the_response_to_the_question_counts(int id, string name, DnsType type, bool isOurs)
    {
        var message = Read("1234 8180 0001 0000 0000 0000", "01 61 04 74657374 00 0001 0001");

        Assert.Equal(isOurs, message.Answered((ushort)id, new DnsQuestion(name, type)));
    }

    [Fact]
    public void A_circle_of_aliases_ends()
    {
        var question = new DnsQuestion("a.test", DnsType.A);
        var bytes = DnsBytes.Response(question,
        [
            new DnsRecord { Owner = "a.test", Type = DnsType.Cname, Target = "b.test" },
            new DnsRecord { Owner = "b.test", Type = DnsType.Cname, Target = "a.test" },
        ]);
        Assert.True(DnsMessage.TryParse(bytes, out var message));

        Assert.Equal(DnsAnswerStatus.Failed, DnsAnswer.From(message!, question).Status);
    }

    [Fact]
    public void Damaged_answers_are_refused_or_read_and_never_more()
    {
        var samples = new[]
        {
            DnsBytes.Response(Question, [.. Enumerable.Range(0, 6).Select(i => Srv(i))]),
            DnsBytes.Response(new DnsQuestion("a.test", DnsType.Naptr), [Naptr("S", "SIP+D2T"), Naptr("", "")]),
            DnsBytes.Response(new DnsQuestion("a.test", DnsType.A), [], [new DnsRecord { Owner = "test", Type = DnsType.Soa, Minimum = 5 }], 3),
            DnsBytes.Response(
                new DnsQuestion("a.test", DnsType.A),
                [new DnsRecord { Owner = "a.test", Type = DnsType.Cname, Target = "b.test" }, new DnsRecord { Owner = "b.test", Type = DnsType.A, Address = NetAddress.FromV4(1, 0) }]),
        };
        var random = new Random(3);
        var read = 0;
        for (var i = 0; i < 40_000; i++)
        {
            var bytes = (byte[])samples[i % samples.Length].Clone();
            for (var faults = random.Next(1, 5); faults > 0; faults--)
            {
                // Lengths, counts and pointers do the harm: small numbers and the highest ones more often than others.
                bytes[random.Next(bytes.Length)] = random.Next(4) switch
                {
                    0 => (byte)random.Next(0, 16),
                    1 => (byte)random.Next(0xC0, 0x100),
                    _ => (byte)random.Next(0x100),
                };
            }

            var length = random.Next(3) == 0 ? random.Next(bytes.Length + 1) : bytes.Length;
            if (!DnsMessage.TryParse(bytes.AsSpan(0, length), out var message))
                continue;

            read++;
            var answer = DnsAnswer.From(message!, Question);
            Assert.True(answer.Records.Count <= DnsMessage.MaxRecords);
            Assert.All(message!.Answers, r => Assert.True(r.Target.Length <= DnsName.MaxWireLength * 4));
        }

        // Otherwise the damage was so great that nothing was tested.
        Assert.InRange(read, 4_000, 36_000);
    }

    [Fact]
    public void What_is_written_is_read()
    {
        var label = Gen.Choose(1, 12).SelectMany(n => Gen.Elements("abcxyz019-_".ToCharArray()).ArrayOf(n)).Select(c => new string(c));
        var name = Gen.Choose(1, 4).SelectMany(n => label.ArrayOf(n)).Select(l => string.Join('.', l));
        var number = Gen.Choose(0, 0xFFFF).Select(n => (ushort)n);
        var record =
            from owner in name
            from target in name
            from a in number
            from b in number
            from c in number
            from kind in Gen.Choose(0, 4)
            select kind switch
            {
                0 => new DnsRecord { Owner = owner, Type = DnsType.A, Ttl = a, Address = NetAddress.FromV4(((uint)b << 16) | c, 0) },
                1 => new DnsRecord { Owner = owner, Type = DnsType.Cname, Ttl = a, Target = target },
                2 => new DnsRecord { Owner = owner, Type = DnsType.Srv, Ttl = a, Priority = a, Weight = b, Port = c, Target = target },
                3 => new DnsRecord { Owner = owner, Type = DnsType.Naptr, Ttl = a, Priority = a, Weight = b, Flags = "s", Service = "SIP+D2U", HasExpression = c % 2 == 0, Target = target },
                _ => new DnsRecord { Owner = owner, Type = DnsType.Aaaa, Ttl = a, Address = NetAddress.FromV6([0x20, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)b, (byte)c], 0) },
            };
        var answers = Gen.Choose(0, 20).SelectMany(n => record.ArrayOf(n));
        Prop.ForAll(Arb.From(name), Arb.From(answers), Arb.From(Gen.Elements(true, false)), (owner, records, compress) =>
        {
            var question = new DnsQuestion(owner, DnsType.Srv);
            var read = DnsMessage.TryParse(DnsBytes.Response(question, records, id: 7, compress: compress), out var message);
            return read && message!.Answered(7, question) && message.Answers.SequenceEqual(records);
        }).QuickCheckThrowOnFailure();
    }

    private static DnsRecord Srv(int i) =>
        new() { Owner = Question.Name, Type = DnsType.Srv, Ttl = 60, Priority = 1, Port = 5060, Target = $"s{i}.a.test" };

    private static DnsRecord Naptr(string flags, string service) =>
        new() { Owner = "a.test", Type = DnsType.Naptr, Ttl = 60, Flags = flags, Service = service, Target = "_sip._tcp.a.test" };

    private static DnsMessage Read(params string[] hex)
    {
        Assert.True(DnsMessage.TryParse(Hex(hex), out var message));
        return message!;
    }

    private static byte[] Hex(params string[] hex) => Convert.FromHexString(string.Concat(hex).Replace(" ", "", StringComparison.Ordinal));
}
