using System.Security.Cryptography.X509Certificates;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Sip.Transport;

namespace Tandem.Sip.Tests.Transport;

/// <summary>What is kept of a certificate that anybody may have shown, and how long a judgement on it holds.</summary>
public sealed class ShownCertificateTests
{
    // What is judged is the same object, emptied: only a judgement that is made anew notices.
    [Fact]
    public void It_is_judged_anew_after_an_hour()
    {
        using var authority = new TestCertificates();
        using var certificate = authority.Issue("x", "dns:carrier.example");
        var roots = authority.Roots;
        var shown = ShownCertificate.Of(certificate, null)!;
        var start = new Moment(TimeSpan.TicksPerHour);
        Assert.Equal(CertificateVerdict.Proven, shown.Judge(0, roots, start));
        roots.Clear();
        Assert.Equal(CertificateVerdict.Proven, shown.Judge(0, roots, start + TimeSpan.FromMinutes(59)));
        Assert.Equal(CertificateVerdict.NotTrusted, shown.Judge(0, roots, start + TimeSpan.FromMinutes(60)));
    }

    [Fact]
    public void One_with_very_many_names_is_for_nobody()
    {
        using var authority = new TestCertificates();
        foreach (var (count, isFor) in new[] { (100, true), (101, false) })
        {
            using var certificate = authority.Issue("x", [.. Enumerable.Range(0, count).Select(i => $"dns:n{i}.example")]);
            Assert.Equal(isFor, ShownCertificate.Of(certificate, null)!.Peer.IsFor("n7.example", default(NetAddress)));
            Assert.True(TlsPeer.Of(certificate).IsFor("n7.example", default(NetAddress)));
        }
    }

    [Fact]
    public void No_more_than_16_kB_are_kept()
    {
        using var authority = new TestCertificates();
        using var large = authority.Issue("x", [.. Enumerable.Range(0, 300).Select(i => $"dns:{new string('n', 60)}{i}.example")]);
        Assert.True(large.RawData.Length > ShownCertificate.MostBytes);
        Assert.Null(ShownCertificate.Of(large, null));

        // The chain counts as well, whatever of it would be kept.
        using var small = authority.Issue("x", "dns:carrier.example");
        using var chain = new X509Chain();
        for (var size = small.RawData.Length; size <= ShownCertificate.MostBytes; size += authority.Root.RawData.Length)
        {
            Assert.NotNull(ShownCertificate.Of(small, chain));
            chain.ChainPolicy.ExtraStore.Add(authority.Root);
        }

        Assert.Null(ShownCertificate.Of(small, chain));
    }
}
