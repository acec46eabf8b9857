using Tandem.Core.Net;
using Tandem.Media.Transport;

namespace Tandem.Media.Tests.Transport;

public sealed class SocketAddressCodecTests
{
    [Theory]
    [InlineData("192.0.2.1", 5060, 16u)]
    [InlineData("255.255.255.255", 65535, 16u)]
    [InlineData("2001:db8::7", 40000, 28u)]
    public void What_is_written_is_read(string host, int port, uint length)
    {
        Assert.True(NetAddress.TryParse(host, port, out var address));
        var buffer = new byte[28];
        buffer.AsSpan().Fill(0xEE);
        Assert.Equal(length, SocketAddressCodec.Write(address, buffer));
        Assert.Equal(address, SocketAddressCodec.Read(buffer));
    }
}
