using System.Text;
using Tandem.Core.Net;
using Tandem.Media.Ice;
using Tandem.Media.Plan;

namespace Tandem.Media.Tests.Ice;

/// <summary>The full agent at the other side, which checks us.</summary>
internal sealed class IcePeer
{
    public const string Ufrag = "peer";
    public const string Password = "peerpasswordpeerpassword";
    public const string OurUfrag = "ours";
    public const string OurPassword = "ourpasswordourpassword";

    public static readonly IcePlan Plan = new(OurUfrag, OurPassword, Ufrag, Password, false);

    private static byte _transaction;

    /// <summary>A check as a browser sends it.</summary>
    public static byte[] Check(
        bool nominates = false, uint priority = 100, string username = OurUfrag + ":" + Ufrag, string password = OurPassword,
        bool sha256 = false, bool controlled = false, ushort extra = 0, bool fingerprint = true, bool sign = true, bool named = true)
    {
        var buffer = new byte[IceAgent.MaxMessageBytes];
        var transaction = new byte[12];
        transaction[0] = ++_transaction;
        var writer = new StunWriter(buffer, StunClass.Request, transaction);
        if (named)
            writer.Add(StunAttribute.Username, Encoding.UTF8.GetBytes(username));
        writer.Add(StunAttribute.Priority, priority);
        writer.Add(controlled ? StunAttribute.IceControlled : StunAttribute.IceControlling, 5ul);
        if (nominates)
            writer.Add(StunAttribute.UseCandidate, []);
        if (extra != 0)
            writer.Add((StunAttribute)extra, [1, 2]);
        if (sign)
            writer.AddIntegrity(Encoding.UTF8.GetBytes(password), sha256);
        if (fingerprint)
            writer.AddFingerprint();
        return buffer[..writer.Length];
    }

    /// <summary>The answer to a check of ours.</summary>
    public static byte[] Answer(ReadOnlySpan<byte> check, string password = Password, int error = 0, bool sha256 = false)
    {
        Assert.True(StunMessage.TryParse(check, out var request));
        var buffer = new byte[IceAgent.MaxMessageBytes];
        var writer = new StunWriter(buffer, error == 0 ? StunClass.Success : StunClass.Error, request.TransactionId);
        if (error == 0)
            writer.AddMappedAddress(NetAddress.FromV4(0xC0000201, 9));
        else
            writer.AddError(error);
        writer.AddIntegrity(Encoding.UTF8.GetBytes(password), sha256);
        writer.AddFingerprint();
        return buffer[..writer.Length];
    }
}
