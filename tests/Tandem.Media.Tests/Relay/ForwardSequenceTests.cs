using System.Buffers.Binary;
using Tandem.Media.Relay;

namespace Tandem.Media.Tests.Relay;

// RFC 3550 §5.1, §8; RFC 3711 §9.1; RFC 4588 §4
public class ForwardSequenceTests
{
    [Theory]
    // r: relayed, o: ours, c: the side comes from another session, where it heard this one last; what the packets say, and what goes out.
    [InlineData("r5 r6 r8 r7", "5 6 8 7")]
    [InlineData("o65535 o0 o2", "65535 0 2")]
    [InlineData("r10 r11 o60000 o60001", "10 11 12 13")] // half of all beginnings would be behind
    [InlineData("r10 r11 o500 o501", "10 11 12 13")]
    [InlineData("r10 o60000 o60001 o60002 r14 r15", "10 11 12 13 14 15")] // who was not heard meanwhile counted on
    [InlineData("r10 o60000 o60001 o60002 r11 r12 r14", "10 11 12 13 14 15 17")] // who was on hold did not
    [InlineData("r10 o60000 r12 r13 r14 r15 o60001 o60002", "10 11 12 13 14 15 16 17")] // our numbers go forward as well
    [InlineData("r10 o60000 r12 r11 o60001", "10 11 12 11 13")]
    [InlineData("o100 o101 r5 r6 o102 r7", "100 101 102 103 104 105")]
    [InlineData("r65534 o7 o8 r2 o9", "65534 65535 0 2 3")]
    [InlineData("c40000 o100 o101 r5 r6 o102", "40001 40002 40003 40004 40005")] // lower than what the phone heard
    [InlineData("c40000 r100 r102 r101 o9", "40001 40003 40002 40004")]
    [InlineData("c65535 r100 r101", "0 1")]
    [InlineData("c100 o60000 o60001", "101 102")] // higher by more than half is behind as well
    [InlineData("r5 r6 c20000 r7 r9 o3", "5 6 20001 20003 20004")] // it came while the stream had begun
    [InlineData("o5 c20000 r7 o6 r8", "5 20001 20002 20003")]
    [InlineData("r20000 c5 r20001", "20000 20001")] // it is ahead already
    // t: what is relayed repeats a packet, its own number and that of the packet; - where it does not go out.
    [InlineData("r5 t900:5 r6", "5 900:5 6")]
    [InlineData("c40000 r100 r101 t900:100 r102", "40001 40002 40801:40001 40003")]
    [InlineData("c10 r65000 t65535:65000 r65001", "11 546:11 12")]
    [InlineData("c40000 t900:100 r100", "- 40001")] // it was never sent here, so nobody missed it
    [InlineData("o7 t900:100 r100", "7 - 8")]
    [InlineData("t900:100 r100", "900:100 100")]
    [InlineData("r10 t30000:10 r11 o5", "10 30000:10 11 12")] // its own numbers are those of another stream
    [InlineData("r10 o60000 o60001 o60002 r11 t30000:11", "10 11 12 13 14 30003:14")]
    public void Numbers_do_not_step_back_at_a_change(string packets, string expected)
    {
        var sequence = new ForwardSequence();
        var sent = new List<string>();
        var packet = new byte[12 + 2];
        foreach (var one in packets.Split(' '))
        {
            if (one[0] == 'c')
            {
                sequence.Continue(ushort.Parse(one[1..]));
                continue;
            }

            var numbers = one[1..].Split(':');
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), ushort.Parse(numbers[0]));
            if (one[0] == 't')
            {
                BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(12), ushort.Parse(numbers[1]));
                sent.Add(sequence.Repeat(packet, packet.AsSpan(12)) ? $"{Number(2)}:{Number(12)}" : "-");
                continue;
            }

            if (one[0] == 'o')
                sequence.Own(packet);
            else
                sequence.Relay(packet);
            sent.Add($"{Number(2)}");
        }

        Assert.Equal(expected, string.Join(' ', sent));

        int Number(int at) => BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(at));
    }
}
