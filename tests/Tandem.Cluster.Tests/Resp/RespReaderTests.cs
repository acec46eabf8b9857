using System.Buffers;
using System.Text;

namespace Tandem.Cluster.Resp;

public sealed class RespReaderTests
{
    private static readonly RespReader Reader = new(1_000);

    [Theory]
    [InlineData("+OK\r\n", "OK")]
    [InlineData("+\r\n", "")]
    [InlineData("-ERR unknown\r\n", "!ERR unknown")]
    [InlineData(":42\r\n", "#42")]
    [InlineData(":-7\r\n", "#-7")]
    [InlineData("$5\r\nhello\r\n", "hello")]
    [InlineData("$0\r\n\r\n", "")]
    [InlineData("$4\r\n\r\n\r\n\r\n", "\r\n\r\n")]
    [InlineData("$-1\r\n", "nil")]
    [InlineData("*-1\r\n", "nil")]
    [InlineData("*0\r\n", "[]")]
    [InlineData("*2\r\n$1\r\na\r\n:1\r\n", "[a #1]")]
    [InlineData("*2\r\n*1\r\n+x\r\n$-1\r\n", "[[x] nil]")]
    public void A_value_is_read_and_no_beginning_of_it_is(string text, string expected)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(RespStatus.Incomplete, Reader.Read(bytes.AsSpan(0, length), out _, out var none));
            Assert.Equal(0, none);
        }

        Assert.Equal(RespStatus.Complete, Reader.Read(Encoding.ASCII.GetBytes(text + "+NEXT\r\n"), out var value, out var consumed));
        Assert.Equal(bytes.Length, consumed);
        Assert.Equal(expected, Show(value));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n")]
    [InlineData(":\r\n")]
    [InlineData(":1x\r\n")]
    [InlineData("$x\r\n")]
    [InlineData("$-2\r\n")]
    [InlineData("$1001\r\n")]
    [InlineData("$99999999999999999999\r\n")]
    [InlineData("$1\r\nabc")]
    [InlineData("*-2\r\n")]
    [InlineData("*1048577\r\n")]
    [InlineData("*1\r\nx")]
    [InlineData("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n+x\r\n")]
    public void What_is_no_value_is_refused(string text) => Assert.Equal(RespStatus.Malformed, Reader.Read(Encoding.ASCII.GetBytes(text), out _, out _));

    [Fact]
    public void A_line_without_end_is_refused_in_time() =>
        Assert.Equal(RespStatus.Malformed, Reader.Read(Encoding.ASCII.GetBytes("+" + new string('a', 100_000)), out _, out _));

    [Fact]
    public void Nothing_makes_it_throw_or_read_beyond()
    {
        var random = new Random(20_260_301);
        var alphabet = Encoding.ASCII.GetBytes("+-:$*0123456789\r\nx");
        var data = new byte[64];
        for (var round = 0; round < 200_000; round++)
        {
            var length = random.Next(data.Length + 1);
            for (var i = 0; i < length; i++)
                data[i] = alphabet[random.Next(alphabet.Length)];
            var status = Reader.Read(data.AsSpan(0, length), out _, out var consumed);
            Assert.True(status == RespStatus.Complete ? consumed > 0 && consumed <= length : consumed == 0);
        }
    }

    [Fact]
    public void A_command_is_an_array_of_texts_with_their_lengths()
    {
        var bytes = new ArrayBufferWriter<byte>();
        RespWriter.Write(bytes, RedisCommand.Of("SET", "a\r\nDEL b", "ü"));
        Assert.Equal("*3\r\n$3\r\nSET\r\n$8\r\na\r\nDEL b\r\n$2\r\nü\r\n", Encoding.UTF8.GetString(bytes.WrittenSpan));
        Assert.Equal("AUTH", RedisCommand.Of("AUTH", "secret").ToString());
    }

    private static string Show(RespValue value) => value.Kind switch
    {
        RespKind.Null => "nil",
        RespKind.Integer => $"#{value.Integer}",
        RespKind.Error => "!" + value.Text,
        RespKind.Array => $"[{string.Join(' ', value.Items.Select(Show))}]",
        _ => value.Text,
    };
}
