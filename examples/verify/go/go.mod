module sallyport.example/verify

go 1.22
