using Tandem.Core.Net;
using Tandem.Sip.Resolution;
using Tandem.Sip.Transport;

namespace Tandem.Fuzz.Targets;

/// <summary>What else arrives in datagrams: answers of name servers, STUN.</summary>
internal static class DatagramTargets
{
    private static readonly DnsType[] Types = [.. Enum.GetValues<DnsType>()];

    public static int Dns(byte[] input)
    {
        if (!DnsMessage.TryParse(input, out var message))
            return 0;

        var signature = new HashCode();
        signature.Add(message!.Answers.Count);
        signature.Add(message.ResponseCode);
        foreach (var type in Types)
        {
            var answer = DnsAnswer.From(message, new DnsQuestion("example.com", type));
            signature.Add((int)answer.Status);
            Check.That(answer.Records.Count <= message.Answers.Count, "more records than there are");
        }

        return signature.ToHashCode();
    }

    public static int Stun(byte[] input)
    {
        Span<byte> answer = stackalloc byte[StunBinding.MaxAnswerBytes + 8];
        answer.Fill(0xEE);
        var length = StunBinding.Answer(input, NetAddress.FromV4(0xC0000209, 5060), answer);
        Check.That(length <= StunBinding.MaxAnswerBytes && (length == 0 || length <= input.Length + 36), "the answer is too long");
        Check.That(answer[StunBinding.MaxAnswerBytes..].IndexOfAnyExcept((byte)0xEE) < 0, "written beyond the answer");
        return HashCode.Combine(StunBinding.Looks(input), length);
    }
}
