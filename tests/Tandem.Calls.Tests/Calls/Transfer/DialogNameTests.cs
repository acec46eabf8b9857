using System.Text;
using Tandem.Calls.Calls.Transfer;

namespace Tandem.Calls.Tests.Calls.Transfer;

public class DialogNameTests
{
    // RFC 3891 §6.1
    [Theory]
    [InlineData("98732@sip.example.com;from-tag=r33th4x0r;to-tag=ff87ff", "98732@sip.example.com", "ff87ff", "r33th4x0r", false)]
    [InlineData("12adf2f34456gs5;to-tag=12345;from-tag=54321;early-only", "12adf2f34456gs5", "12345", "54321", true)]
    [InlineData("87134@171.161.34.23 ; TO-TAG=24796 ; from-tag=0 ; x=y", "87134@171.161.34.23", "24796", "0", false)]
    public void Replaces_names_our_tag_first(string value, string callId, string local, string remote, bool earlyOnly)
    {
        var name = DialogName.FromReplaces(Encoding.UTF8.GetBytes(value));
        Assert.Equal(new DialogName(callId, local, remote, earlyOnly), name);
        Assert.Equal(name, DialogName.FromReplaces(Encoding.UTF8.GetBytes(name!.Replaces)));
    }

    // RFC 4538 §3: the tags from the end of the recipient.
    [Fact]
    public void Target_dialog_names_our_tag_as_local() =>
        Assert.Equal(
            new DialogName("fa77as7dad8-sd98ajzz@host.example.com", "kkaz-", "6544"),
            DialogName.FromTargetDialog("fa77as7dad8-sd98ajzz@host.example.com;local-tag=kkaz-;remote-tag=6544"u8));

    [Theory]
    [InlineData("")]
    [InlineData("callid")]
    [InlineData(";to-tag=1;from-tag=2")]
    [InlineData("a b;to-tag=1;from-tag=2")]
    [InlineData("a\r\nX: y;to-tag=1;from-tag=2")]
    [InlineData("a,b;to-tag=1;from-tag=2")]
    [InlineData("a;to-tag=1")]
    [InlineData("a;from-tag=1")]
    [InlineData("a;to-tag=1;from-tag=")]
    [InlineData("a;to-tag=1;from-tag=\"2 3\"")]
    [InlineData("a;to-tag=1;to-tag=2;from-tag=3")]
    [InlineData("\u00e4;to-tag=1;from-tag=2")]
    public void Anything_else_is_none(string value) => Assert.Null(DialogName.FromReplaces(Encoding.UTF8.GetBytes(value)));

    [Fact]
    public void Longer_than_any_real_one_is_none() =>
        Assert.Null(DialogName.FromReplaces(Encoding.UTF8.GetBytes(new string('a', 1_100) + ";to-tag=1;from-tag=2")));
}
