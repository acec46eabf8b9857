using System.Net;
using Tandem.Core.Net;

namespace Tandem.Server.Webhooks;

public sealed class WebhookTargetsTests
{
    private static readonly WebhookTargets Targets = new([]);

    [Theory]
    [InlineData("93.184.216.34", true)]
    [InlineData("2606:2800:220:1:248:1893:25c8:1946", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.255.255.254", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.1.1", false)]
    [InlineData("198.18.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:93.184.216.34", true)]
    [InlineData("::10.0.0.1", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("2001:0:1::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fe80::1%3", false)]
    [InlineData("ff02::1", false)]
    public void Only_public_addresses_are_connected_to(string address, bool allowed) => Assert.Equal(allowed, Targets.IsAllowed(IPAddress.Parse(address)));

    [Fact]
    public void The_operator_opens_networks()
    {
        Assert.True(NetPrefix.TryParse("10.1.0.0/16", out var prefix));
        var targets = new WebhookTargets([prefix]);
        Assert.True(targets.IsAllowed(IPAddress.Parse("10.1.2.3")));
        Assert.True(targets.IsAllowed(IPAddress.Parse("::ffff:10.1.2.3")));
        Assert.False(targets.IsAllowed(IPAddress.Parse("10.2.0.1")));
    }

    [Theory]
    [InlineData("https://example.org/hook?a=b", true)]
    [InlineData("http://example.org:8080", true)]
    [InlineData("https://93.184.216.34/", true)]
    [InlineData("", false)]
    [InlineData("example.org", false)]
    [InlineData("/hook", false)]
    [InlineData("ftp://example.org/", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("https://user:password@example.org/", false)]
    [InlineData("https://example.org/#fragment", false)]
    [InlineData("https://example.org/\r\nX-Injected: 1", false)]
    [InlineData("https://example.org/a b", false)]
    [InlineData("https:\\\\example.org", false)]
    [InlineData("http://localhost/", false)]
    [InlineData("http://127.0.0.1/", false)]
    [InlineData("http://127.1/", false)]
    [InlineData("http://2130706433/", false)]
    [InlineData("http://0x7f.0.0.1/", false)]
    [InlineData("http://[::1]/", false)]
    [InlineData("http://[::ffff:10.0.0.1]/", false)]
    [InlineData("http://169.254.169.254/latest/meta-data", false)]
    public void A_url_is_checked_when_it_is_written(string url, bool accepted) => Assert.Equal(accepted, Targets.Problem(url) is null);

    [Fact]
    public void A_long_url_is_refused() => Assert.NotNull(Targets.Problem("https://example.org/" + new string('a', 2_048)));
}
