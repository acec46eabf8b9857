using System.Text;
using Tandem.Calls.Trunks;
using Tandem.Core.Privacy;
using Tandem.Core.Time;

namespace Tandem.Calls.Tests.Trunks;

/// <summary>What a provider repeats of a password is not to be read in the messages that are kept.</summary>
public sealed class ProviderSecretTests
{
    private static readonly Moment Now = Moment.FromMilliseconds(1_000);

    [Theory]
    [InlineData("SIP/2.0 403 Bad word so\"rry/1!\r\n\r\n", "SIP/2.0 403 Bad word xxxxxxxx!\r\n\r\n")]
    [InlineData("SIP/2.0 403 SO\"RRY/1 so\"rry/1\r\n\r\n", "SIP/2.0 403 xxxxxxxx xxxxxxxx\r\n\r\n")]
    [InlineData("SIP/2.0 403 No\r\nWarning: 399 sbc \"so\\\"rry/1\"\r\n\r\n", "SIP/2.0 403 No\r\nWarning: 399 sbc \"xxxxxxxxx\"\r\n\r\n")]
    [InlineData("SIP/2.0 403 No\r\nX-Debug: a\r\n so%22rry%2F1\r\n\r\n", "SIP/2.0 403 No\r\nX-Debug: a\r\n xxxxxxxxxxxx\r\n\r\n")]
    [InlineData("SIP/2.0 403 No\r\n\r\nYou said so\"rry/1.\r\nc28icnJ5LzE=", "SIP/2.0 403 No\r\n\r\nYou said xxxxxxxx.\r\nxxxxxxxxxxx=")]
    [InlineData("SIP/2.0 403 Basic YWRhOnNvInJyeS8x\r\n\r\n", "SIP/2.0 403 Basic xxxxxxxxxxxxxxxx\r\n\r\n")]
    [InlineData("NOTIFY sip:so\"rry/1@t SIP/2.0\r\nSubject: so\"rry/1\r\n\r\n", "NOTIFY sip:so\"rry/1@t SIP/2.0\r\nSubject: xxxxxxxx\r\n\r\n")]
    [InlineData("SIP/2.0 403 Sorry/1\r\n\r\n", "SIP/2.0 403 Sorry/1\r\n\r\n")]
    [InlineData("SIP/2.0 403 so\"rry/", "SIP/2.0 403 so\"rry/")]
    [InlineData("", "")]
    public void Each_form_of_it_is_hidden_and_lengths_stay(string message, string hidden) => Assert.Equal(hidden, Hidden("so\"rry/1", message));

    // A password that is the number of the account as well is no secret where numbers stand.
    [Fact]
    public void The_addresses_of_a_message_stay()
    {
        const string Head = "SIP/2.0 403 {0}\r\nVia: SIP/2.0/UDP 1000.test\r\nf: <sip:1000@t>\r\nTo: <sip:1000@t>\r\ni: 1000\r\nCSeq: 1000 INVITE\r\nm: <sip:1000@t>\r\nX-Account: {0}\r\n\r\n";
        Assert.Equal(string.Format(null, Head, "xxxx"), Hidden("1000", string.Format(null, Head, "1000")));
    }

    [Theory]
    [InlineData("SIP/2.0 404 No such user\r\n\r\n", "SIP/2.0 404 xxxxxxxxxxxx\r\n\r\n")]
    [InlineData("SIP/2.0 404 No\r\nWarning: 399 sbc \"for us\"\r\nServer: us\r\n\r\n", "SIP/2.0 404 No\r\nWarning:xxxxxxxxxxxxxxxxx\r\nServer: us\r\n\r\n")]
    [InlineData("SIP/2.0 404 No\r\n\r\nuse\r\nit", "SIP/2.0 404 No\r\n\r\nxxx\r\nxx")]
    [InlineData("SIP/2.0 200 OK\r\n\r\nv=0\r\ns=us", "SIP/2.0 200 OK\r\n\r\nv=0\r\ns=us")]
    public void A_short_one_takes_the_words_with_it(string message, string hidden) => Assert.Equal(hidden, Hidden("us", message));

    [Fact]
    public void A_profile_without_password_has_none() => Assert.Null(ProviderSecret.Of(new Secret(""), "ada"));

    [Fact]
    public void It_is_found_by_the_call_for_as_long_as_something_may_come()
    {
        var secrets = new ProviderSecrets();
        Assert.Null(secrets.Find("a"u8));
        secrets.Begin("a", ProfileSamples.Profile(), Now);
        secrets.Sent("b", ProfileSamples.Profile(), Now);
        secrets.Begin("without", ProfileSamples.Profile() with { Password = new Secret("") }, Now);
        Assert.Equal(2, secrets.Count);
        Assert.NotNull(secrets.Find("a"u8));
        Assert.NotNull(secrets.Find("b"u8));
        Assert.Null(secrets.Find("without"u8));
        Assert.Null(secrets.Find(new byte[300]));

        // A REGISTER that is repeated lives on; one that is not goes, and so does a call a minute after its end.
        secrets.Sent("b", ProfileSamples.Profile(), Now + TimeSpan.FromSeconds(60));
        secrets.End("a", Now + TimeSpan.FromSeconds(70));
        secrets.End("unknown", Now + TimeSpan.FromSeconds(70));
        Assert.Equal(2, secrets.Count);
        secrets.End("c", Now + TimeSpan.FromSeconds(125));
        Assert.Null(secrets.Find("b"u8));
        Assert.NotNull(secrets.Find("a"u8));
        secrets.End("c", Now + TimeSpan.FromSeconds(134));
        Assert.Equal(0, secrets.Count);
    }

    private static string Hidden(string password, string message)
    {
        var bytes = Encoding.UTF8.GetBytes(message);
        ProviderSecret.Of(new Secret(password), "ada")!.Hide(bytes);
        return Encoding.UTF8.GetString(bytes);
    }
}
