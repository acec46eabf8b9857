using System.Text;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Authentication;

namespace Tandem.Sip.Tests.Authentication;

public sealed class NonceMintTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly NetAddress Source = NetAddress.FromV4(0xC0000209, 5060);
    private static readonly Moment Start = Moment.FromMilliseconds(10_000);

    [Fact]
    public void A_nonce_is_good_until_its_lifetime_has_passed()
    {
        var mint = Mint();
        var nonce = Make(mint);
        Assert.Equal(NonceState.Good, mint.Read(nonce, Source, Start, out var id));
        Assert.Equal(10_000, id.IssuedMs);
        Assert.Equal(NonceState.Good, mint.Read(nonce, Source, Start + TimeSpan.FromSeconds(300), out _));
        Assert.Equal(NonceState.Expired, mint.Read(nonce, Source, Start + TimeSpan.FromMilliseconds(300_001), out _));
    }

    [Fact]
    public void No_two_nonces_are_the_same()
    {
        var mint = Mint();
        var nonces = new HashSet<string>();
        for (var i = 0; i < 10_000; i++)
            Assert.True(nonces.Add(Encoding.ASCII.GetString(Make(mint))));
    }

    [Fact]
    public void Every_changed_byte_makes_it_foreign()
    {
        var mint = Mint();
        var nonce = Make(mint);
        for (var i = 0; i < nonce.Length; i++)
        {
            var changed = nonce.ToArray();
            changed[i] = changed[i] == 'A' ? (byte)'B' : (byte)'A';
            Assert.Equal(NonceState.Foreign, mint.Read(changed, Source, Start, out _));
        }

        Assert.Equal(NonceState.Foreign, mint.Read(nonce.AsSpan(1), Source, Start, out _));
        Assert.Equal(NonceState.Foreign, mint.Read([.. nonce, (byte)'A'], Source, Start, out _));
        Assert.Equal(NonceState.Foreign, mint.Read("****************************************"u8, Source, Start, out _));
        Assert.Equal(NonceState.Foreign, mint.Read(default, Source, Start, out _));
    }

    [Fact]
    public void Another_key_does_not_know_it()
    {
        var other = new NonceMint(new byte[32], TimeSpan.FromSeconds(300), bindToSource: true);
        Assert.Equal(NonceState.Foreign, other.Read(Make(Mint()), Source, Start, out _));
    }

    [Theory]
    [InlineData(true, NonceState.Foreign)]
    [InlineData(false, NonceState.Good)]
    public void Bound_to_its_source_it_is_foreign_elsewhere(bool bind, object expected)
    {
        var mint = new NonceMint(Key, TimeSpan.FromSeconds(300), bind);
        var nonce = Make(mint);
        Assert.Equal(NonceState.Good, mint.Read(nonce, Source.WithPort(9), Start, out _));
        Assert.Equal(expected, mint.Read(nonce, NetAddress.FromV4(0xC000020A, 5060), Start, out _));
    }

    private static NonceMint Mint() => new(Key, TimeSpan.FromSeconds(300), bindToSource: true);

    private static byte[] Make(NonceMint mint)
    {
        var nonce = new byte[NonceMint.TextLength];
        mint.Make(Source, Start, nonce);
        return nonce;
    }
}
